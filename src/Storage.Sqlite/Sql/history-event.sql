select epoch, event_id, hash, result, code, commit_id from history where number = $number;

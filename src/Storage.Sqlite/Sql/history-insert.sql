insert into history (
    execution, previous, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
values (
    $execution, $previous, $sequence, $at, $tracker_at, $epoch, $type, $event_id, $result, $code, $hash, $takes_event_id, $facts, $commit_id);

insert into history (
    day, execution_id, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
values (
    $day, $execution_id, $sequence, $at, $tracker_at, $epoch, $type, $event_id, $result, $code, $hash, $takes_event_id, $facts, $commit_id);

insert into logs (execution, sequence, event_id, at, tracker_at, epoch, level, source, step_id, message)
values ($execution, $sequence, $event_id, $at, $tracker_at, $epoch, $level, $source, $step_id, $message);

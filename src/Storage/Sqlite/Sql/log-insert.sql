insert into logs (day, execution_id, sequence, event_id, at, tracker_at, epoch, level, source, step_id, message)
values ($day, $execution_id, $sequence, $event_id, $at, $tracker_at, $epoch, $level, $source, $step_id, $message);

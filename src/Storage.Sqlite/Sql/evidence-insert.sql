insert into evidence (execution, number, epoch, event_id, type, at, tracker_at, payload)
values ($execution, $number, $epoch, $event_id, $type, $at, $tracker_at, $payload);

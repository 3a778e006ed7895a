insert into evidence (execution, number, event_id, type, at, tracker_at, payload)
values ($execution, $number, $event_id, $type, $at, $tracker_at, $payload);

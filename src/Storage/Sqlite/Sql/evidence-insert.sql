insert into evidence (day, execution_id, number, event_id, type, at, tracker_at, payload)
values ($day, $execution_id, $number, $event_id, $type, $at, $tracker_at, $payload);

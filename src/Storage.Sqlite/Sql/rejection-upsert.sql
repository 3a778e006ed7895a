insert into rejections (execution, code, epoch, event_id, type, message, count, first_at, last_at)
values ($execution, $code, $epoch, $event_id, $type, $message, 1, $at, $at)
on conflict (execution, code, epoch, event_id) do update set count = count + 1, last_at = max(last_at, excluded.last_at);

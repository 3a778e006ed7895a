select code, epoch, event_id, type, message, count, first_at, last_at
from rejections
where execution = (select number from executions where id = $execution_id)
order by first_at, epoch, event_id, code
limit 100;

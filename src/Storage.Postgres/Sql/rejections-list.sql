select code, epoch, event_id, type, message, count, first_at, last_at
from rejections
where day = $1 and execution_id = $2
order by first_at, epoch, event_id, code
limit 100;

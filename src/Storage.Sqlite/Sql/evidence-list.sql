select number, epoch, event_id, type, at, tracker_at, payload
from evidence
where execution = (select number from executions where id = $execution_id)
order by number
limit 100;

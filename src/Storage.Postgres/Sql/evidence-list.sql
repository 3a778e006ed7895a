select number, epoch, event_id, type, at, tracker_at, payload
from evidence
where day = $1 and execution_id = $2
order by number
limit 100;

select number, event_id, type, at, tracker_at, payload
from evidence
where day = $day and execution_id = $execution_id
order by number
limit 100;

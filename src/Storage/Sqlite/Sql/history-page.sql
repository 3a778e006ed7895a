select sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts
from history
where day = $day and execution_id = $execution_id and sequence > $after
order by sequence
limit $limit;

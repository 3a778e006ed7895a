select sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts
from history
where day = $1 and execution_id = $2 and sequence > $3
order by sequence
limit $4;

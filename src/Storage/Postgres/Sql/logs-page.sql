select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where day = $1 and execution_id = $2 and sequence > $3
    order by sequence
    limit $4) as examined
where level = any ($5::text[])
limit $6;

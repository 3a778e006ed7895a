select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where day = $1 and execution = (select number from executions where id = $2) and sequence < $3
    order by sequence desc
    limit $4) as examined
where level = any ($5::text[])
  and ($7::text is null or step_id = $7)
  and ($8::text is null or strpos(lower(message collate "C"), lower($8 collate "C")) > 0)
limit $6;

select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where execution = (select number from executions where id = $execution_id) and sequence > $after
    order by sequence
    limit $examine)
where level in ($debug, $info, $warn, $error)
  and ($step_id is null or step_id = $step_id)
  and ($text is null or instr(lower(message), lower($text)) > 0)
limit $limit;

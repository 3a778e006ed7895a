select sequence
from logs
where execution = (select number from executions where id = $execution_id) and sequence < $before
order by sequence desc
limit 1 offset $examine - 1;

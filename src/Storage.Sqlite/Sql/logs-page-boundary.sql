select sequence
from logs
where execution = (select number from executions where id = $execution_id) and sequence > $after
order by sequence
limit 1 offset $examine - 1;

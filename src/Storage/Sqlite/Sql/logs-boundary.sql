select sequence
from logs
where day = $day and execution_id = $execution_id and sequence > $after
order by sequence
limit 1 offset $examine - 1;

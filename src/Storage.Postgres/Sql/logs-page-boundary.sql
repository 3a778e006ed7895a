select sequence
from logs
where day = $1 and execution = (select number from executions where id = $2) and sequence > $3
order by sequence
limit 1 offset $4 - 1;

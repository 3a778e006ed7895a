select created_at, id
from executions
where workflow = $1 and status = 'running' and ($2::text[] is null or namespace = any ($2))
order by created_at, id
limit $3;

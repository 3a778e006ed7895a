select created_at, id
from executions
where namespace = $1 and status = 'running'
order by created_at, id
limit $2;

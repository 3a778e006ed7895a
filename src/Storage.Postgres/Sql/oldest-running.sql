select created_at, id
from executions
where status = 'running'
order by created_at, id
limit $1;

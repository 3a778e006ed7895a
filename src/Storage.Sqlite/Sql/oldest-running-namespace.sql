select created_at, id, number
from executions indexed by executions_namespace_status
where namespace = $namespace and status = 'running'
order by created_at, id
limit $limit;

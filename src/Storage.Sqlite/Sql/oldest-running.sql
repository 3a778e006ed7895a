select created_at, id, number
from executions indexed by executions_status
where status = 'running'
order by created_at, id
limit $limit;

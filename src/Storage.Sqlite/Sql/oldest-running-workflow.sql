select created_at, id, number
from executions indexed by executions_workflow_status
where workflow = $workflow and status = 'running'
  and ($namespaces is null or namespace in (select value from json_each($namespaces)))
order by created_at, id
limit $limit;

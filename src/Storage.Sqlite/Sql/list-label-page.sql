-- {driver} leads to nothing else than what is asked for.
select execution_labels.created_at, execution_labels.execution_id, e.state
from execution_labels
cross join executions as e on e.id = execution_labels.execution_id
where {driver} and (execution_labels.created_at, execution_labels.execution_id) < (?, ?)
order by execution_labels.created_at desc, execution_labels.execution_id desc
limit ?;

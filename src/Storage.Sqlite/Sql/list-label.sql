-- Each of a label's executions is looked up; the residual says the rest. Its column names are those of executions only.
select l.created_at, l.execution_id, executions_row.state
from (
    select created_at, execution_id from execution_labels
    where {driver} and (created_at, execution_id) < (?, ?)
    order by created_at desc, execution_id desc
    limit ?) as l
cross join executions as executions_row on executions_row.id = l.execution_id
where {residual}
limit ?;

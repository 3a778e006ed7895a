-- Each label's execution is looked up in {index}, which is smaller than the table; the residual says the rest. Its column names are those of
-- executions only.
select l.created_at, l.execution_id, executions_row.number
from (
    select created_at, execution_id from execution_labels
    where {driver} and (created_at, execution_id) < (?, ?)
    order by created_at desc, execution_id desc
    limit ?) as l
cross join executions as executions_row indexed by {index} on executions_row.created_at = l.created_at and executions_row.id = l.execution_id
where {residual}
limit ?;

-- The residual follows the join, which is left out where no column of executions is asked: its column names are those of executions only, except created_at.
select l.created_at, l.execution_id as id
from (
    select created_at, execution_id from execution_labels
    where {driver} and (created_at, execution_id) < (?, ?)
    order by created_at desc, execution_id desc
    limit ?) as l
{join}
where {residual}
order by l.created_at desc, l.execution_id desc
limit ?

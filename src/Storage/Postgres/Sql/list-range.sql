-- A range of another order (started_at, id) that is known to be small: sorted here.
select created_at, id
from executions as executions_row
where {range} and (created_at, id) < (?, ?) and {residual}
order by created_at desc, id desc
limit ?;

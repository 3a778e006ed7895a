-- A range of another order that is known to be small: sorted here. Offset 0 keeps the planner from walking in the list's order instead.
select created_at, id, state
from (select * from executions where {range} offset 0) as executions_row
where (created_at, id) < (?, ?) and {residual}
order by created_at desc, id desc
limit ?

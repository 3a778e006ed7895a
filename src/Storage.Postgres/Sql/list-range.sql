-- A range of another order that is known to be small: sorted here. Offset 0 keeps the planner from walking in the list's order instead.
select {order}, id, state
from (select * from executions where {range} offset 0) as executions_row
where ({order}, id) < (?, ?) and {residual}
order by {order} desc, id desc
limit ?

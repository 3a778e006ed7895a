-- A range of another order that is known to be small: sorted here. The index is the range's, and the pluses keep the list's own index out.
select place, id, (select e.state from executions as e where e.number = found.number)
from (
    select {order} as place, id, number
    from executions as executions_row indexed by {index}
    where {driver} and (+{order}, +id) < (?, ?) and {residual}
    order by +{order} desc, +id desc
    limit ?) as found;

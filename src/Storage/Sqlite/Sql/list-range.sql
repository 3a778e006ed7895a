-- A range of another order that is known to be small: sorted here. {index} is its index, and the pluses keep the list's own index out.
select created_at, id, (select e.state from executions as e where e.number = found.number)
from (
    select created_at, id, number
    from executions as executions_row indexed by {index}
    where {driver} and (+created_at, +id) < (?, ?) and {residual}
    order by +created_at desc, +id desc
    limit ?) as found;

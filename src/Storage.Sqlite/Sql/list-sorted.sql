-- As list-walk, in another order than that of creation, and through its own index. That also holds status, workflow and namespace, so that a row that is turned
-- away by those costs no visit.
select place, place_id, state
from (
    select place, place_id, number
    from (
        select {order} as place, id as place_id, number, status, workflow, namespace from executions indexed by {index}
        where {driver} and ({order}, id) < (?, ?)
        order by {order} desc, id desc
        limit ?)
    where {covered}) as places
cross join executions as executions_row using (number)
where {residual}
limit ?;

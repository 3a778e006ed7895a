-- As list-walk, in another order than that of creation. The order's own index also holds status, workflow and namespace, so that a row that is turned away by
-- those costs no visit.
select s.place, s.place_id, executions_row.state
from (
    select place, place_id
    from (
        select {order} as place, id as place_id, status, workflow, namespace from executions
        where {driver} and ({order}, id) < (?, ?)
        order by {order} desc, id desc
        limit ?) as walked
    where {covered}) as s
join executions as executions_row on executions_row.id = s.place_id
where {residual}
order by s.place desc, s.place_id desc
limit ?

-- {index} and {driver} name one value of one index; {residual} is what the other filters ask. The inner limit bounds what is examined; it reads the index
-- alone, which also holds what {columns} may name: where that turns a row away, it costs no visit.
select place, place_id, state
from (
    select created_at as place, id as place_id, number{columns} from executions indexed by {index}
    where {driver} and (created_at, id) < (?, ?)
    order by created_at desc, id desc
    limit ?) as places
cross join executions as executions_row using (number{columns})
where {residual}
limit ?;

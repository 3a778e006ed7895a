-- {index} and {driver} name one value of one index; {residual} is what the other filters ask. The inner limit bounds what is examined.
select created_at, id, number
from (
    select * from executions indexed by {index}
    where {driver} (created_at, id) < (?, ?)
    order by created_at desc, id desc
    limit ?) as executions_row
where {residual}
limit ?;

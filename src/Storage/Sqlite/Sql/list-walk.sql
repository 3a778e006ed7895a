-- {index} and {driver} name one value of one index; {residual} is what the other filters ask, of {columns}. The inner limit bounds what is
-- examined; it reads no column that nobody asks for, so that the index alone is enough where it holds them.
select created_at, id, (select e.state from executions as e where e.number = executions_row.number)
from (
    select created_at, id, number{columns} from executions indexed by {index}
    where {driver} and (created_at, id) < (?, ?)
    order by created_at desc, id desc
    limit ?) as executions_row
where {residual}
limit ?;

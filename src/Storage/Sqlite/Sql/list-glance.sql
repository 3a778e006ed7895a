-- As list-walk, where few are examined and most of them are expected to be wanted: their states are read at once.
select created_at, id, state
from (
    select created_at, id, state{columns} from executions indexed by {index}
    where {driver} and (created_at, id) < (?, ?)
    order by created_at desc, id desc
    limit ?) as executions_row
where {residual}
limit ?;

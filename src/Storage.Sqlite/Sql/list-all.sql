-- As list-walk, where it is known that not too many are examined.
select created_at, id, state
from executions as executions_row indexed by {index}
where {driver} and (created_at, id) < (?, ?) and {residual}
order by created_at desc, id desc
limit ?;

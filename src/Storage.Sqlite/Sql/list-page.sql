-- {index} and {driver} name one value of one index, which leads to nothing else than what is asked for.
select created_at, id, state
from executions indexed by {index}
where {driver} and (created_at, id) < (?, ?)
order by created_at desc, id desc
limit ?;

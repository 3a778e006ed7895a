select created_at, id
from executions indexed by {index}
where {driver} and (created_at, id) < (?, ?)
order by created_at desc, id desc
limit 1 offset ? - 1;

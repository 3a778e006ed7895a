select {order}, id
from executions indexed by {index}
where {driver} and ({order}, id) < (?, ?)
order by {order} desc, id desc
limit 1 offset ? - 1;

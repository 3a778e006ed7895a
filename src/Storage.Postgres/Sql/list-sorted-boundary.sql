-- How far the walk came that has examined so many, down to a place.
select {order}, id
from executions
where {driver} and ({order}, id) < (?, ?) and ({order}, id) >= (?, ?)
order by {order} desc, id desc
limit 1 offset ? - 1

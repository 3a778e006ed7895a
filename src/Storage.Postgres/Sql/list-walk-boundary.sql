-- How far the walk came that has examined so many, down to a place.
select created_at, id
from executions
where {driver} and ({place}, id) < (?, ?) and ({place}, id) >= (?, ?)
order by {place} desc, id desc
limit 1 offset ? - 1

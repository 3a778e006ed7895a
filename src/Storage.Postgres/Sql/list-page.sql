-- The driver leads to nothing else than what is asked for.
select created_at, id{state}
from executions
where {driver} and ({place}, id) < (?, ?)
order by {place} desc, id desc
limit ?

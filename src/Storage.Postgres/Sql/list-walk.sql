-- The driver names one value of one index, whose order the place is; the residual is what the other filters ask. The inner limit bounds what is examined.
select created_at, id{state}
from (
    select *, {place} as place from executions
    where {driver} and ({place}, id) < (?, ?)
    order by {place} desc, id desc
    limit ?) as executions_row
where {residual}
order by place desc, id desc
limit ?

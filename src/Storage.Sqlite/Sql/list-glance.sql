-- As list-walk, where few rows are to be visited and a time is asked: {time} is asked of the index alone, and only what is of the time is counted as visited.
select place, place_id, state
from (
    select place, place_id, number
    from (
        select created_at as place, id as place_id, number, started_at from executions indexed by {index}
        where {driver} and (created_at, id) < (?, ?)
        order by created_at desc, id desc
        limit ?)
    where {time}
    limit ?) as places
cross join executions as executions_row using (number)
where {residual}
limit ?;

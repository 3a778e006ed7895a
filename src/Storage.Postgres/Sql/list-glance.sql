-- The newest places of several drivers together, by their index alone, and of those, one by one, what the residual asks: its column names are those of executions only.
select p.place, p.place_id, executions_row.state
from (
    select s.created_at as place, s.id as place_id
    from unnest({arrays}) as d ({names})
    cross join lateral (
        select created_at, id
        from executions
        where {driver} and ({place}, id) < (?, ?)
        order by {place} desc, id desc
        limit ?) as s
    order by s.created_at desc, s.id desc
    limit ?) as p
join executions as executions_row on executions_row.id = p.place_id
where {residual}
order by p.place desc, p.place_id desc
limit ?

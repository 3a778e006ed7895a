select n.execution_id, h.*
from unnest($1::text[], $2::text[], $3::int[]) as n (execution_id, event_id, tag)
cross join lateral (select o.number from executions as o where o.id = n.execution_id offset 0) as e
cross join lateral (
    select p.epoch, p.event_id, p.hash, p.result, p.code, p.commit_id
    from history_{day} as p
    where ((p.execution << 24) | p.tag) = ((e.number << 24) | n.tag) and p.event_id = n.event_id and p.tag is not null
    offset 0) as h;

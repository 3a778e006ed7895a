select n.execution_id, h.*
from unnest($1::text[], $2::text[]) as n (execution_id, event_id)
cross join lateral (select o.number from executions as o where o.id = n.execution_id offset 0) as e
cross join lateral (
    select p.event_id, p.hash, p.result, p.code, p.commit_id
    from history_{day} as p
    where ((p.execution << 24) | (hashtextextended(p.event_id, 0) & 16777215)) = ((e.number << 24) | (hashtextextended(n.event_id, 0) & 16777215)) and (p.execution | 0) = e.number and p.event_id = n.event_id
      and p.takes_event_id
    offset 0) as h;

select n.execution_id, h.*
from unnest($1::text[], $2::text[]) as n (execution_id, event_id)
cross join lateral (
    select p.event_id, p.hash, p.result, p.code, p.commit_id
    from history_{day} as p
    where p.day = {number} and p.execution_id = n.execution_id and p.event_id = n.event_id and p.takes_event_id
    offset 0) as h;

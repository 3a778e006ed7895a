select n.execution_id, h.event_id, h.hash, h.result, h.code, h.commit_id
from unnest($1::text[], $2::text[]) as n (execution_id, event_id)
join history_{day} as h on h.day = {number} and h.execution_id = n.execution_id and h.event_id = n.event_id and h.takes_event_id;

select n.execution_id, r.code, r.event_id
from unnest($1::text[], $2::text[], $3::text[]) as n (execution_id, code, event_id)
join rejections_{day} as r on r.day = {number} and r.execution_id = n.execution_id and r.code = n.code and r.event_id = n.event_id;

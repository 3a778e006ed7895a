select n.execution_id, n.code, n.epoch, n.event_id
from unnest($1::text[], $2::text[], $3::int[], $4::text[]) as n (execution_id, code, epoch, event_id)
where exists (
    select from rejections_{day} as r
    where r.day = {number} and r.execution_id = n.execution_id and r.code = n.code and r.epoch = n.epoch and r.event_id = n.event_id
    offset 0);

insert into logs_{day} (
    day, execution, sequence, event_id, at, tracker_at, epoch, level, source, step_id, message)
select
    {number}, e.number, x.sequence, x.event_id, x.at, x.tracker_at, x.epoch, x.level, x.source, x.step_id, x.message
from unnest(
        $1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::int[], $7::text[], $8::text[],
        $9::text[], $10::text[])
    as x (
        execution_id, sequence, event_id, at, tracker_at, epoch, level, source, step_id, message)
cross join lateral (select o.number from executions as o where o.id = x.execution_id and o.xmin = pg_current_xact_id()::xid offset 0) as e;

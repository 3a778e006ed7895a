insert into evidence_{day} (
    day, execution_id, number, epoch, event_id, type, at, tracker_at, payload)
select
    {number}, x.execution_id, x.number, x.epoch, x.event_id, x.type, x.at, x.tracker_at, x.payload
from unnest(
        $1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bytea[])
    as x (
        execution_id, number, epoch, event_id, type, at, tracker_at, payload)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0);

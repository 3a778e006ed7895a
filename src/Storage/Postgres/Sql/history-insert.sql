insert into history_{day} (
    day, execution_id, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
select
    {number}, x.execution_id, x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.result, x.code, x.hash, x.takes_event_id,
    x.facts, x.commit_id
from unnest(
        $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::bytea[], $11::boolean[], $12::bytea[], $13::bigint[])
    as x (
        execution_id, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id,
        facts, commit_id)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0);

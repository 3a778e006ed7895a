insert into history_{day} (
    day, execution, sequence, at, tracker_at, epoch, type, event_id, tag, previous, result, code, hash, facts, commit_id)
select
    {number}, e.number, x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.tag, x.previous, x.result, x.code, x.hash,
    x.facts, x.commit_id
from unnest(
        $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::int[], $9::int[], $10::text[],
        $11::text[], $12::bytea[], $13::bytea[], $14::bigint[])
    as x (
        execution_id, sequence, at, tracker_at, epoch, type, event_id, tag, previous, result, code, hash, facts, commit_id)
cross join lateral (select o.number from executions as o where o.id = x.execution_id and o.xmin = pg_current_xact_id()::xid offset 0) as e;

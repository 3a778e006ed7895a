insert into steps_{day} (
    day, execution, epoch, step_id, tag, previous, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
    tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
select
    {number}, e.number, x.epoch, x.step_id, x.tag, x.previous, x.sequence, x.status, x.block, x.block_type, x.parent_step_id, x.started_at,
    x.ended_at, x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input, x.output
from unnest(
        $1::text[], $2::int[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[], $16::bigint[], $17::bytea[],
        $18::bytea[], $19::bytea[], $20::bytea[], $21::bytea[])
    as x (
        execution_id, epoch, step_id, tag, previous, sequence, status, block, block_type, parent_step_id, started_at,
        ended_at, tracker_started_at, tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error,
        input, output)
cross join lateral (select o.number from executions as o where o.id = x.execution_id and o.xmin = pg_current_xact_id()::xid offset 0) as e;

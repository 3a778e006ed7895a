insert into steps_{day} (
    day, execution_id, epoch, step_id, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
    tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
select
    {number}, x.execution_id, x.epoch, x.step_id, x.sequence, x.status, x.block, x.block_type, x.parent_step_id, x.started_at, x.ended_at,
    x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input,
    x.output
from unnest(
        $1::text[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::bigint[], $15::bytea[],
        $16::bytea[], $17::bytea[], $18::bytea[], $19::bytea[])
    as x (
        execution_id, epoch, step_id, sequence, status, block, block_type, parent_step_id, started_at,
        ended_at, tracker_started_at, tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error,
        input, output)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0);

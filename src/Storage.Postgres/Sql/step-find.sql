select n.execution_id, s.*
from unnest($1::text[], $2::int[], $3::text[], $4::int[]) as n (execution_id, epoch, step_id, tag)
cross join lateral (select o.number from executions as o where o.id = n.execution_id offset 0) as e
cross join lateral (
    select p.epoch, p.step_id, p.sequence, p.status, p.block, p.block_type, p.parent_step_id, p.started_at, p.ended_at, p.tracker_started_at,
        p.tracker_ended_at, p.cost, p.memory_bytes, p.start_hash, p.end_hash, p.error, p.input, p.output
    from steps_{day} as p
    where ((p.execution << 24) | p.tag) = ((e.number << 24) | n.tag) and p.step_id = n.step_id and p.epoch = n.epoch
    offset 0) as s;

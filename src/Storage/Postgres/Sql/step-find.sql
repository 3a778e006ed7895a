select n.execution_id, s.epoch, s.step_id, s.sequence, s.status, s.block, s.block_type, s.parent_step_id, s.started_at, s.ended_at,
    s.tracker_started_at, s.tracker_ended_at, s.cost, s.memory_bytes, s.start_hash, s.end_hash, s.error, s.input, s.output
from unnest($1::text[], $2::int[], $3::text[]) as n (execution_id, epoch, step_id)
join steps_{day} as s on s.day = {number} and s.execution_id = n.execution_id and s.epoch = n.epoch and s.step_id = n.step_id;

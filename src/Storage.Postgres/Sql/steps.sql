-- Steps: one row per step, written at its start and again at its end, partitioned by the execution's creation day.

-- name: InsertSteps :exec
-- The steps of new executions; those of existing ones are part of UpdateExecutions.
insert into steps/* day */ (
    day, execution, epoch, step_id, tag, previous, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
    tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
select
    /* day_number { */ 0 /* } */, e.number, x.epoch, x.step_id, x.tag, x.previous, x.sequence, x.status, x.block, x.block_type, x.parent_step_id,
    x.started_at, x.ended_at, x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input, x.output
from unnest(
        @id::text[], @epoch::int[], @step_id::text[], @tag::int[], @previous::int[], @sequence::int[], @status::text[], @block::text[],
        @block_type::text[], @parent_step_id::text[], @started_at::bigint[], @ended_at::bigint[], @tracker_started_at::bigint[],
        @tracker_ended_at::bigint[], @cost::text[], @memory_bytes::bigint[], @start_hash::bytea[], @end_hash::bytea[], @error::bytea[],
        @input::bytea[], @output::bytea[])
    as x (
        id, epoch, step_id, tag, previous, sequence, status, block,
        block_type, parent_step_id, started_at, ended_at, tracker_started_at,
        tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error,
        input, output)
cross join lateral (select o.number from executions as o where o.id = x.id and o.xmin = pg_current_xact_id()::xid offset 0) as e;

-- name: CloseSteps :exec
-- Closes the open steps of an epoch that ended. StepRow.ClosedBy does the same in memory.
-- No index holds which steps are open: with one, every step's end would move entries in all indexes. An epoch ends once.
-- Steps that this commit wrote itself are not closed (xmin): what the append says of them stands.
update steps/* day */ as s
set status = x.status, ended_at = case when x.at >= s.started_at then x.at else greatest(s.started_at, x.tracker_at) end, tracker_ended_at = x.tracker_at
from unnest(
        @id::text[], @epoch::int[], @status::text[], @at::bigint[], @tracker_at::bigint[])
    as x (
        id, epoch, status, at, tracker_at)
cross join lateral (select o.number from executions as o where o.id = x.id and o.xmin = pg_current_xact_id()::xid offset 0) as e
cross join lateral (
    select o.ctid as place from steps/* day */ as o
    where ((o.execution << 24) | o.tag) >= (e.number << 24) and ((o.execution << 24) | o.tag) < ((e.number + 1) << 24) and o.epoch = x.epoch
      and o.status = 'running' and o.xmin <> pg_current_xact_id()::xid
    offset 0) as open
where s.ctid = open.place;

-- name: FindSteps :many
-- The rows of these steps.
select n.id, s.*
from unnest(@id::text[], @epoch::int[], @step_id::text[], @tag::int[]) as n (id, epoch, step_id, tag)
cross join lateral (select o.number from executions as o where o.id = n.id offset 0) as e
cross join lateral (
    select p.epoch, p.step_id, p.sequence, p.status, p.block, p.block_type, p.parent_step_id, p.started_at, p.ended_at, p.tracker_started_at,
        p.tracker_ended_at, p.cost, p.memory_bytes, p.start_hash, p.end_hash, p.error, p.input, p.output
    from steps/* day */ as p
    where ((p.execution << 24) | p.tag) = ((e.number << 24) | n.tag) and p.step_id = n.step_id and p.epoch = n.epoch
    offset 0) as s;

-- name: ListSteps :many
-- A page of sequences in (low, top], found as ListHistory finds its lines: from the first marked step (every 16th) at or after high, or else
-- from the newest, back from step to step. @direction is 1 by sequence, -1 newest first.
with recursive walk as (
    select e.number as execution, coalesce(m.sequence, e.step_sequence) + 1 as sequence,
        case when m.sequence is null then e.step_tag else m.tag end as previous, null::steps as step
    from executions as e
    left join lateral (
        select s.sequence, s.tag from steps as s
        where s.day = @day and s.execution = e.number and s.sequence % 16 = 0 and s.sequence >= @high
        order by s.sequence limit 1) as m on true
    where e.id = @id
    union all
    select w.execution, s.sequence, s.previous, s
    from walk as w
    join steps as s on s.day = @day and ((s.execution << 24) | s.tag) = ((w.execution << 24) | w.previous) and s.sequence = w.sequence - 1
    where w.sequence > @low + 1)
select (step).epoch, (step).step_id, (step).sequence, (step).status, (step).block, (step).block_type, (step).parent_step_id, (step).started_at,
    (step).ended_at, (step).tracker_started_at, (step).tracker_ended_at, (step).cost, (step).memory_bytes, (step).start_hash, (step).end_hash,
    (step).error, case when @payloads::boolean then (step).input end, case when @payloads::boolean then (step).output end
from walk
where (step).sequence > @low and (step).sequence <= @top
  and (@status::text[] is null or (step).status = any (@status)) and (@parent_step_id::text is null or (step).parent_step_id = @parent_step_id)
order by @direction * sequence
limit @row_max;

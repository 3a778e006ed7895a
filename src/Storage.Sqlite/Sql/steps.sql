-- Steps: one row per step, in the order of their commits; each names its execution's step before it (previous).

-- name: InsertStep :exec
insert into steps (
    execution, previous, epoch, step_id, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
    tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
values (
    @execution, @previous, @epoch, @step_id, @sequence, @status, @block, @block_type, @parent_step_id, @started_at, @ended_at,
    @tracker_started_at, @tracker_ended_at, @cost, @memory_bytes, @start_hash, @end_hash, @error, @input, @output);

-- name: UpdateStep :exec
update steps
set status = @status, block = @block, block_type = @block_type, parent_step_id = @parent_step_id, started_at = @started_at,
    ended_at = @ended_at, tracker_started_at = @tracker_started_at, tracker_ended_at = @tracker_ended_at, cost = @cost,
    memory_bytes = @memory_bytes, start_hash = @start_hash, end_hash = @end_hash, error = @error, input = @input, output = @output
where number = @number;

-- name: CloseSteps :exec
-- Closes the open steps of an epoch that ended. StepRow.ClosedBy does the same in memory.
update steps
set status = @status, ended_at = case when @at >= started_at then @at else max(started_at, @tracker_at) end, tracker_ended_at = @tracker_at
where execution = @execution and epoch = @epoch and status = 'running';

-- name: FindStep :one
select epoch, step_id, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at, tracker_ended_at,
    cost, memory_bytes, start_hash, end_hash, error, input, output
from steps
where number = @number;

-- name: ListSteps :many
-- A page of sequences in (low, top], found as ListHistory finds its rows. @direction is 1 by sequence, -1 newest first.
with recursive
    execution(number, newest) as (
        select number, last_step from executions where id = @id),
    chain(number, previous, sequence) as (
        select number, previous, sequence
        from steps
        where number = (
            select coalesce(
                (select m.number from steps m indexed by steps_mark
                 where m.execution = execution.number and m.sequence % 16 = 0 and m.sequence >= @high
                 order by m.sequence limit 1),
                execution.newest)
            from execution)
        union all
        select r.number, r.previous, r.sequence
        from chain join steps r on r.number = chain.previous
        where chain.sequence > @low + 1)
select row.epoch, row.step_id, row.sequence, row.status, row.block, row.block_type, row.parent_step_id, row.started_at, row.ended_at,
    row.tracker_started_at, row.tracker_ended_at, row.cost, row.memory_bytes, row.start_hash, row.end_hash, row.error,
    case when @payloads then row.input end, case when @payloads then row.output end
from chain join steps row on row.number = chain.number
where row.sequence > @low and row.sequence <= @top
  and (@status is null or row.status in (select value from json_each(@status)))
  and (@parent_step_id is null or row.parent_step_id = @parent_step_id)
order by @direction * chain.sequence
limit @row_max;

-- name: WalkSteps :many
-- From a row back along the chain.
with recursive chain(number, previous) as (
    select number, previous from steps where number = @newest and execution = @execution
    union all
    select r.number, r.previous from chain join steps r on r.number = chain.previous and r.execution = @execution
    limit @row_max)
select number, previous from chain;

-- name: DeleteSteps :exec
delete from steps where number = @number;

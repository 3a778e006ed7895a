-- History: what happened to an execution, append-only. Rows lie in the order of their commits; each names its execution's row before it (previous).

-- name: InsertHistory :exec
insert into history (
    execution, previous, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
values (
    @execution, @previous, @sequence, @at, @tracker_at, @epoch, @type, @event_id, @result, @code, @hash, @takes_event_id, @facts, @commit_id);

-- name: FindEvent :one
select epoch, event_id, hash, result, code, commit_id from history where number = @number;

-- name: ListHistory :many
-- A page of sequences in (low, top]. Starts at the first marked row (every 16th) at or after high, or else at the newest row, and walks back
-- along the chain, so it reads at most 16 rows more than the page. @direction is 1 by sequence, -1 newest first.
with recursive
    execution(number, newest) as (
        select number, last_history from executions where id = @id),
    chain(number, previous, sequence) as (
        select number, previous, sequence
        from history
        where number = (
            select coalesce(
                (select m.number from history m indexed by history_mark
                 where m.execution = execution.number and m.sequence % 16 = 0 and m.sequence >= @high
                 order by m.sequence limit 1),
                execution.newest)
            from execution)
        union all
        select r.number, r.previous, r.sequence
        from chain join history r on r.number = chain.previous
        where chain.sequence > @low + 1)
select row.sequence, row.at, row.tracker_at, row.epoch, row.type, row.event_id, row.result, row.code, row.hash, row.takes_event_id, row.facts,
    row.commit_id
from chain join history row on row.number = chain.number
where row.sequence > @low and row.sequence <= @top
order by @direction * chain.sequence
limit @row_max;

-- name: WalkHistory :many
-- From a row back along the chain.
with recursive chain(number, previous) as (
    select number, previous from history where number = @newest and execution = @execution
    union all
    select r.number, r.previous from chain join history r on r.number = chain.previous and r.execution = @execution
    limit @row_max)
select number, previous from chain;

-- name: DeleteHistory :exec
delete from history where number = @number;

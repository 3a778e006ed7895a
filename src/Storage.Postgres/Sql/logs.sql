-- Log lines of an execution, append-only, partitioned by its creation day.

-- name: InsertLogs :exec
insert into logs/* day */ (
    day, execution, sequence, event_id, at, tracker_at, epoch, level, source, step_id, message)
select
    /* day_number { */ 0 /* } */, e.number, x.sequence, x.event_id, x.at, x.tracker_at, x.epoch, x.level, x.source, x.step_id, x.message
from unnest(
        @id::text[], @sequence::bigint[], @event_id::text[], @at::bigint[], @tracker_at::bigint[], @epoch::int[], @level::text[], @source::text[],
        @step_id::text[], @message::text[])
    as x (
        id, sequence, event_id, at, tracker_at, epoch, level, source,
        step_id, message)
cross join lateral (select o.number from executions as o where o.id = x.id and o.xmin = pg_current_xact_id()::xid offset 0) as e;

-- name: ListLogs :many
-- A page after a sequence. Examines at most examine_max lines.
select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where day = @day and execution = (select number from executions where id = @id) and sequence > @from_sequence
    order by sequence
    limit @examine_max) as examined
where level = any (@levels::text[])
  and (@step_id::text is null or step_id = @step_id)
  and (@text::text is null or strpos(lower(message collate "C"), lower(@text collate "C")) > 0)
limit @row_max;

-- name: FindLogBoundary :one
-- The last line that ListLogs examined, if it examined the maximum.
select sequence
from logs
where day = @day and execution = (select number from executions where id = @id) and sequence > @from_sequence
order by sequence
limit 1 offset @examine_max - 1;

-- name: ListNewestLogs :many
-- As ListLogs, newest first, before a sequence.
select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where day = @day and execution = (select number from executions where id = @id) and sequence < @from_sequence
    order by sequence desc
    limit @examine_max) as examined
where level = any (@levels::text[])
  and (@step_id::text is null or step_id = @step_id)
  and (@text::text is null or strpos(lower(message collate "C"), lower(@text collate "C")) > 0)
limit @row_max;

-- name: FindNewestLogBoundary :one
-- The last line that ListNewestLogs examined, if it examined the maximum.
select sequence
from logs
where day = @day and execution = (select number from executions where id = @id) and sequence < @from_sequence
order by sequence desc
limit 1 offset @examine_max - 1;

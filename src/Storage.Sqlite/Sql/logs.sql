-- Log lines of an execution, append-only.

-- name: InsertLog :exec
insert into logs (execution, sequence, event_id, at, tracker_at, epoch, level, source, step_id, message)
values (@execution, @sequence, @event_id, @at, @tracker_at, @epoch, @level, @source, @step_id, @message);

-- name: ListLogs :many
-- A page after a sequence. Examines at most examine_max lines. The levels that are not asked for are null.
select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where execution = (select number from executions where id = @id) and sequence > @from_sequence
    order by sequence
    limit @examine_max)
where level in (@debug, @info, @warn, @error)
  and (@step_id is null or step_id = @step_id)
  and (@text is null or instr(lower(message), lower(@text)) > 0)
limit @row_max;

-- name: FindLogBoundary :one
-- The last line that ListLogs examined, if it examined the maximum.
select sequence
from logs
where execution = (select number from executions where id = @id) and sequence > @from_sequence
order by sequence
limit 1 offset @examine_max - 1;

-- name: ListNewestLogs :many
-- As ListLogs, newest first, before a sequence.
select sequence, event_id, at, tracker_at, epoch, level, source, step_id, message
from (
    select * from logs
    where execution = (select number from executions where id = @id) and sequence < @from_sequence
    order by sequence desc
    limit @examine_max)
where level in (@debug, @info, @warn, @error)
  and (@step_id is null or step_id = @step_id)
  and (@text is null or instr(lower(message), lower(@text)) > 0)
limit @row_max;

-- name: FindNewestLogBoundary :one
-- The last line that ListNewestLogs examined, if it examined the maximum.
select sequence
from logs
where execution = (select number from executions where id = @id) and sequence < @from_sequence
order by sequence desc
limit 1 offset @examine_max - 1;

-- name: DeleteLogs :execrows
delete from logs where execution = @execution and sequence in (select sequence from logs where execution = @execution limit @row_max);

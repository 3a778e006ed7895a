-- What an execution keeps beside its history and steps: late events (evidence), rejections, and the final output and error.

-- name: InsertEvidence :exec
insert into evidence (execution, number, epoch, event_id, type, at, tracker_at, payload)
values (@execution, @number, @epoch, @event_id, @type, @at, @tracker_at, @payload);

-- name: ListEvidence :many
select number, epoch, event_id, type, at, tracker_at, payload
from evidence
where execution = (select number from executions where id = @id)
order by number
limit 100;

-- name: DeleteEvidence :exec
delete from evidence where execution = @execution;

-- name: UpsertRejection :exec
insert into rejections (execution, code, epoch, event_id, type, message, count, first_at, last_at)
values (@execution, @code, @epoch, @event_id, @type, @message, 1, @at, @at)
on conflict (execution, code, epoch, event_id) do update set count = count + 1, last_at = max(last_at, excluded.last_at);

-- name: FindRejection :one
select 1 from rejections where execution = @execution and code = @code and epoch = @epoch and event_id = @event_id;

-- name: ListRejections :many
select code, epoch, event_id, type, message, count, first_at, last_at
from rejections
where execution = (select number from executions where id = @id)
order by first_at, epoch, event_id, code
limit 100;

-- name: DeleteRejections :exec
delete from rejections where execution = @execution;

-- name: UpsertFinalPayload :exec
insert into final_payloads (execution, epoch, output, error) values (@execution, @epoch, @output, @error)
on conflict (execution, epoch) do update set output = excluded.output, error = excluded.error;

-- name: FindFinalPayload :one
select output, error from final_payloads where execution = (select number from executions where id = @id) and epoch = @epoch;

-- name: DeleteFinalPayloads :exec
delete from final_payloads where execution = @execution;

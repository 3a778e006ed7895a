-- The audit: what operators did, sign-ins, and refusals. Numbered in the order of writing.

-- name: ListAudit :many
-- A page, newest first. Examines at most examine_max rows.
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id
from (select * from audit where number < @before order by number desc limit @examine_max)
where (@namespaces is null or namespace in (select value from json_each(@namespaces)))
  and (@by is null or by = @by) and (@action is null or action = @action) and (@from_at is null or at >= @from_at) and (@to_at is null or at < @to_at)
order by number desc
limit @row_max;

-- name: ListAuditOfExecution :many
-- As ListAudit, of one execution.
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id
from (select * from audit indexed by audit_execution where execution_id = @execution_id and number < @before order by number desc limit @examine_max)
where (@namespaces is null or namespace in (select value from json_each(@namespaces)))
  and (@by is null or by = @by) and (@action is null or action = @action) and (@from_at is null or at >= @from_at) and (@to_at is null or at < @to_at)
order by number desc
limit @row_max;

-- name: FindAuditBoundaryOfExecution :one
-- The last row that ListAuditOfExecution examined, if it examined the maximum.
select number
from audit indexed by audit_execution
where execution_id = @execution_id and number < @before
order by number desc
limit 1 offset @examine_max - 1;

-- name: SealAudit :execrows
-- Gives a row its place in the hash chain, if it has none.
update audit set sequence = @sequence, hash = @hash where number = @number and sequence is null;

-- name: UnsealAudit :exec
update audit set sequence = null, hash = null where sequence is not null;

-- name: DeleteCheckpoints :exec
delete from audit_checkpoints;

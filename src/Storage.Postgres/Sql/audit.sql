-- The audit: what operators did, sign-ins, and refusals. Numbered in the order of writing.

-- name: InsertAudits :exec
-- The audit rows of a commit's executions.
insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
select x.at, x.by, x.action, x.id, x.namespace, x.reason, x.key_id, x.key_name, x.claims, x.address, x.trace_id
from unnest(
        @id::text[], @at::bigint[], @by::text[], @action::text[], @namespace::text[], @reason::text[], @key_id::text[], @key_name::text[],
        @claims::text[], @address::text[], @trace_id::text[])
    as x (
        id, at, by, action, namespace, reason, key_id, key_name,
        claims, address, trace_id)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0);

-- name: ListAudit :many
-- A page, newest first. Examines at most examine_max rows.
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id
from (select * from audit where number < @before order by number desc limit @examine_max) as examined
where (@namespaces::text[] is null or namespace = any (@namespaces))
  and (@by::text is null or by = @by) and (@action::text is null or action = @action)
  and (@from_at::bigint is null or at >= @from_at) and (@to_at::bigint is null or at < @to_at)
order by number desc
limit @row_max;

-- name: ListAuditOfExecution :many
-- As ListAudit, of one execution.
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id
from (select * from audit where execution_id = @execution_id and number < @before order by number desc limit @examine_max) as examined
where (@namespaces::text[] is null or namespace = any (@namespaces))
  and (@by::text is null or by = @by) and (@action::text is null or action = @action)
  and (@from_at::bigint is null or at >= @from_at) and (@to_at::bigint is null or at < @to_at)
order by number desc
limit @row_max;

-- name: FindAuditBoundaryOfExecution :one
-- The last row that ListAuditOfExecution examined, if it examined the maximum.
select number from audit where execution_id = @execution_id and number < @before order by number desc limit 1 offset @examine_max - 1;

-- name: SealAudit :many
-- Gives rows their places in the hash chain. Returns a row for each that had none.
update audit set sequence = x.sequence, hash = x.hash
from unnest(@number::bigint[], @sequence::bigint[], @hash::bytea[]) as x (number, sequence, hash)
where audit.number = x.number and audit.sequence is null
returning 1;

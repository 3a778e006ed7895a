-- name: InsertAudit :exec
insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
values (@at, @by, @action, @execution_id, @namespace, @reason, @key_id, @key_name, @claims, @address, @trace_id);

-- name: FindAuditBoundary :one
-- The last row that ListAudit examined, if it examined the maximum.
select number from audit where number < @before order by number desc limit 1 offset @examine_max - 1;

-- The hash chain (AuditChain): a sealed row has a sequence, its place in the chain, and a hash. Checkpoints are the signed start and head.

-- name: ListAuditEntries :many
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id, sequence, hash
from audit where number > @after_number order by number limit @row_max;

-- name: ListSealedAudit :many
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id, sequence, hash
from audit where sequence > @after_sequence order by sequence limit @row_max;

-- name: ListUnsealedAudit :many
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id, sequence, hash
from audit where sequence is null and at < @before order by number limit @row_max;

-- name: DeleteSealedAudit :exec
-- Up to the new start of the chain.
delete from audit where sequence <= @sequence;

-- name: TallyAudit :one
-- How many rows are sealed and how many are not, since when, and where the chain starts and ends.
select
    (select count(*) from audit where sequence is not null),
    (select count(*) from audit where sequence is null),
    (select min(at) from audit where sequence is null),
    coalesce((select sequence from audit_checkpoints where name = 'start'), 0),
    coalesce((select sequence from audit_checkpoints where name = 'head'), 0);

-- name: ListCheckpoints :many
select name, sequence, hash, at, signature from audit_checkpoints;

-- name: CreateCheckpoint :execrows
insert into audit_checkpoints (name, sequence, hash, at, signature) values (@name, @sequence, @hash, @at, @signature) on conflict do nothing;

-- name: ReplaceCheckpoint :execrows
-- Nothing if somebody else moved it first.
update audit_checkpoints set sequence = @sequence, hash = @hash, at = @at, signature = @signature
where name = @name and sequence = @expected_sequence and signature = @expected_signature;

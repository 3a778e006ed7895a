-- Secrets, wrapped by the master key. Every change tells all silos to read them again (pg_notify), and returns a row where it changed anything.

-- name: CreateSecret :many
with created as (
    insert into secrets (name, value) values (@name, @value) on conflict (name) do nothing returning 1
)
select pg_notify('executiongrains', '- *keys') from created;

-- name: ReplaceSecret :many
with replaced as (
    update secrets set value = @value where name = @name and value = @expected returning 1
)
select pg_notify('executiongrains', '- *keys') from replaced;

-- name: DeleteSecrets :many
-- Also ends the audit's hash chain: the signatures that the secrets made are void, and the chain starts anew.
with deleted as (
    delete from secrets returning 1
), unsealed as (
    update audit set sequence = null, hash = null where sequence is not null
), unsigned as (
    delete from audit_checkpoints
)
select pg_notify('executiongrains', '- *keys') from deleted limit 1;

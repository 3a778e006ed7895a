-- API keys, known by their hash. Every change tells all silos to read them again (pg_notify), and returns a row where it changed anything.

-- name: InsertKey :many
with made as (
    insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by)
    values (@key_id, @name, @role, @namespaces, @hash, @claims, @created_at, @expires_at, @revoked_at, @parent_id, @replaced_by)
    returning 1
)
select pg_notify('executiongrains', '- *keys') from made;

-- name: InstallKey :many
-- Makes a key, or revives it, in place of every other key whose id begins with the prefix.
with installed as (
    insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at)
    values (@key_id, @name, @role, @namespaces, @hash, @claims, @created_at, @expires_at)
    on conflict (key_id) do update set revoked_at = null, replaced_by = null
    returning 1
), replaced as (
    update api_keys set revoked_at = @at, replaced_by = @key_id where key_id like @prefix || '%' and key_id <> @key_id and revoked_at is null
)
select pg_notify('executiongrains', '- *keys') from installed;

-- name: RevokeKey :many
-- Also revokes the keys it made, the keys it replaced, and theirs. A replaced key is revoked for good: nothing that it made stays valid.
with recursive ending (key_id) as (
    select key_id from api_keys where key_id = @key_id
    union
    select k.key_id from api_keys k join ending e on k.parent_id = e.key_id or k.replaced_by = e.key_id
), revoked as (
    update api_keys set revoked_at = coalesce(revoked_at, @at), replaced_by = null where key_id in (select key_id from ending) returning 1
)
select pg_notify('executiongrains', '- *keys') from revoked limit 1;

-- name: RotateKey :many
-- Gives a key a new hash. The one before is accepted until @until, as are older ones at the latest.
with expired as (
    delete from previous_key_hashes where expires_at <= @at
), found as (
    select key_id, hash from api_keys where key_id = @key_id and revoked_at is null for update
), shortened as (
    update previous_key_hashes set expires_at = least(expires_at, @until) where key_id = @key_id and expires_at > @at
), retired as (
    insert into previous_key_hashes (hash, key_id, expires_at) select hash, key_id, @until from found
), rotated as (
    update api_keys set hash = @hash where key_id in (select key_id from found) returning 1
)
select pg_notify('executiongrains', '- *keys') from rotated;

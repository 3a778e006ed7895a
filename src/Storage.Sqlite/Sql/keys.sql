-- API keys, known by their hash.

-- name: InsertKey :exec
insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by)
values (@key_id, @name, @role, @namespaces, @hash, @claims, @created_at, @expires_at, @revoked_at, @parent_id, @replaced_by);

-- name: InstallKey :exec
-- Makes a key, or revives it. ReplaceKeys follows.
insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by)
values (@key_id, @name, @role, @namespaces, @hash, @claims, @created_at, @expires_at, null, null, null)
on conflict (key_id) do update set revoked_at = null, replaced_by = null;

-- name: ReplaceKeys :exec
-- Revokes every other key whose id begins with the prefix.
update api_keys set revoked_at = @at, replaced_by = @key_id where key_id like @prefix || '%' and key_id <> @key_id and revoked_at is null;

-- name: RevokeKey :execrows
-- Also revokes the keys it made, the keys it replaced, and theirs. A replaced key is revoked for good: nothing that it made stays valid.
with recursive ending (key_id) as (
    select key_id from api_keys where key_id = @key_id
    union
    select k.key_id from api_keys k join ending e on k.parent_id = e.key_id or k.replaced_by = e.key_id
)
update api_keys set revoked_at = coalesce(revoked_at, @at), replaced_by = null where key_id in (select key_id from ending);

-- A rotation: ExpirePreviousKeyHashes, ShortenPreviousKeyHashes, RetireKeyHash, WriteKeyHash, in one transaction.

-- name: ExpirePreviousKeyHashes :exec
delete from previous_key_hashes where expires_at <= @now;

-- name: ShortenPreviousKeyHashes :exec
update previous_key_hashes set expires_at = min(expires_at, @until) where key_id = @key_id;

-- name: RetireKeyHash :exec
insert into previous_key_hashes (hash, key_id, expires_at)
select hash, key_id, @until from api_keys where key_id = @key_id and revoked_at is null;

-- name: WriteKeyHash :execrows
update api_keys set hash = @hash where key_id = @key_id and revoked_at is null;

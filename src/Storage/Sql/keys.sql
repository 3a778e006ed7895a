-- name: ListKeys :many
select key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by
from api_keys
order by created_at, key_id;

-- name: ListPreviousKeyHashes :many
-- Hashes that a rotation replaced and that are accepted until they expire.
select hash, key_id, expires_at from previous_key_hashes;

with installed as (
    insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (key_id) do update set revoked_at = null, replaced_by = null
    returning 1
), replaced as (
    update api_keys set revoked_at = $9, replaced_by = $1 where key_id like $10 || '%' and key_id <> $1 and revoked_at is null
)
select pg_notify('executiongrains', '- *keys') from installed;

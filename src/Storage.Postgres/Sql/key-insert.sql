with made as (
    insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    returning 1
)
select pg_notify('executiongrains', '- *keys') from made;

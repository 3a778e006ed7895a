insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at)
values ($key_id, $name, $role, $namespaces, $hash, $claims, $created_at, $expires_at, $revoked_at);

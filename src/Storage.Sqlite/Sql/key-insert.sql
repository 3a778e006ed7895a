insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by)
values ($key_id, $name, $role, $namespaces, $hash, $claims, $created_at, $expires_at, $revoked_at, $parent_id, $replaced_by);

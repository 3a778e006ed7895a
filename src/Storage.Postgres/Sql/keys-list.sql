select key_id, name, role, namespaces, hash, claims, created_at, expires_at, revoked_at, parent_id, replaced_by from api_keys order by created_at, key_id;

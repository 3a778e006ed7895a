update api_keys set revoked_at = $at, replaced_by = $key_id where key_id like $prefix || '%' and key_id <> $key_id and revoked_at is null;

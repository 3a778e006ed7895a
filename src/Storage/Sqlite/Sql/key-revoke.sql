update api_keys set revoked_at = coalesce(revoked_at, $at) where key_id = $key_id;

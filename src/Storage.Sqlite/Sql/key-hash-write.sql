update api_keys set hash = $hash where key_id = $key_id and revoked_at is null;

update previous_key_hashes set expires_at = min(expires_at, $until) where key_id = $key_id;

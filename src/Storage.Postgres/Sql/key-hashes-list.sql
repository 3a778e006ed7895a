select hash, key_id, expires_at from previous_key_hashes;

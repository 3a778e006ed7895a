delete from previous_key_hashes where expires_at <= $now;

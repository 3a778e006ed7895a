insert into previous_key_hashes (hash, key_id, expires_at)
select hash, key_id, $until from api_keys where key_id = $key_id and revoked_at is null;

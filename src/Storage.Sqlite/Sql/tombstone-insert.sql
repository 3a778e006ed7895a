insert into tombstones (id_hash, expires_at) values ($id_hash, $expires_at)
on conflict (id_hash) do update set expires_at = max(expires_at, excluded.expires_at);

select 1 from tombstones where id_hash = $id_hash and expires_at > $now;

delete from tombstones where id_hash in (select id_hash from tombstones where expires_at <= $now order by expires_at limit 10000);

delete from tombstones where id_hash = any (array(select id_hash from tombstones where expires_at <= $1 order by expires_at limit 10000));

insert into silos (silo_id, alive_at) values ($silo_id, $alive_at)
on conflict (silo_id) do update set alive_at = max(alive_at, excluded.alive_at);

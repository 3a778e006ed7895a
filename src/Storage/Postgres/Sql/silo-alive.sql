insert into silos (silo_id, alive_at) values ($1, $2)
on conflict (silo_id) do update set alive_at = excluded.alive_at;

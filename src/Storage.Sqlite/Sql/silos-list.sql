select silo_id, alive_at from silos order by alive_at desc limit 100;

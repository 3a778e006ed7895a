select max(alive_at) from silos;

-- The lowest number that no other writer of this database holds; held until the connection ends.
select n from generate_series(0, 999) as n where pg_try_advisory_lock(2026031, n) limit 1;

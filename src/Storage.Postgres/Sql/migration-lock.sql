select pg_advisory_lock(2026030);

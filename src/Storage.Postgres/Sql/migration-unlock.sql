select pg_advisory_unlock(2026030);

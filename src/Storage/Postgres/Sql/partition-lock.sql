select pg_advisory_xact_lock(2026032);

insert into schema_version (version, applied_at) values ($1, $2);

create table if not exists schema_version (version integer not null primary key, applied_at bigint not null);

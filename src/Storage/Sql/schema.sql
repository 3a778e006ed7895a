-- name: CreateSchemaVersion :exec
create table if not exists schema_version (version integer not null primary key, applied_at bigint not null);

-- name: ReadSchemaVersion :one
-- Null where no migration ran yet.
select max(version) from schema_version;

-- name: WriteSchemaVersion :exec
insert into schema_version (version, applied_at) values (@version, @applied_at);

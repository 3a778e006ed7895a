-- The schema's version.

-- name: HasSchemaVersion :one
-- 0: the file is no database of ExecutionGrains.
select count(*) from sqlite_schema where type = 'table' and name = 'schema_version';

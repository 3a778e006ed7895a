-- Creates the silos' role, which owns only its own schema, in a database of its own. Run it once as an administrator of the server, with psql 15 or newer:
--   createdb --host=db --encoding=UTF8 --template=template0 executions
--   EXECUTIONS_PASSWORD=… psql --host=db --dbname=executions --no-psqlrc --file=role.sql
-- The silos connect with Database=executions;Username=executions;Password=…; their tables are in the schema executions.
\set ON_ERROR_STOP on
\getenv password EXECUTIONS_PASSWORD

begin;
create role executions login nosuperuser nocreatedb nocreaterole noreplication password :'password';
create schema executions authorization executions;
revoke all on schema public from public;
-- Migrations create temporary tables.
select format('revoke all on database %I from public', current_database())
union all select format('grant connect, temporary on database %I to executions', current_database())
union all select format('alter role executions in database %I set search_path = executions', current_database())
\gexec
commit;

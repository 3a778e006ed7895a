-- The schema: migrations, partitions, and what the engine tells of itself.

-- name: LockMigrations :exec
select pg_advisory_lock(2026030);

-- name: UnlockMigrations :exec
select pg_advisory_unlock(2026030);

-- name: DescribeEngine :one
select current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding');

-- name: DescribeDatabase :one
select current_setting('server_version'), pg_database_size(current_database());

-- name: CreatePartitions :exec
-- Creates what is missing of one day's partitions. Some may exist: an operator may be dropping them at this moment.
-- One statement, so that the lock is held only as long as the engine takes, never while a silo hangs in between. lock_timeout bounds the wait
-- for an operator's lock, because heartbeats and other days wait for this.
-- Tables are created apart and then attached, which takes no lock that readers or writers wait for («create table … partition of» would).
-- Existing ones are looked up in the catalog's rows: to_regclass may answer from a cache that has not seen another silo's commit.
-- Storage settings are not inherited by partitions, so they are set here:
--   history, logs  are insert-only: vacuum has nothing to clean, and freezes each page once (insert_scale_factor).
--   history, logs, steps  are looked up by whole keys, each by the one index that has them, with plans made when the day is new: statistics are
--                  not needed. Taking them (analyze_threshold, never reached) cost 0.4 s of one core per table and growing day: at 10,000
--                  events/s on two cores, answers took 20 to 60 ms.
--   steps          are written at their start and again at their end: the page keeps room for the larger second version, which then
--                  touches no index (HOT). With half a page free 18 % did not fit. No index may hold what a step's end changes.
-- Unique indexes say whether an event id or a step is new; asking before each insert was a quarter of a commit. They begin with one number:
-- the execution's, and 24 bits of the text's hash. So the rows of one execution lie together, and only pages of active executions are touched.
-- (In PostgreSQL shift, and, or have one precedence, hence the parentheses.)
do $make$
declare
    parents constant text[] := array['history', 'steps', 'logs', 'rejections', 'evidence', 'final_payloads'];
    parent text;
    loose text[];
    missing text[];
begin
    perform set_config('lock_timeout', '3s', true);
    for turn in 1..2 loop
        loose := array(
            select p from unnest(parents) as p
            where not exists (
                select from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
                where i.inhparent = p::regclass and c.relname = p || '/* day */' and not i.inhdetachpending));
        if cardinality(loose) = 0 then
            return;
        elsif turn = 1 then
            perform pg_advisory_xact_lock(2026032);
        end if;
    end loop;

    missing := array(
        select p from unnest(loose) as p
        where not exists (
            select from pg_class as c join pg_namespace as s on s.oid = c.relnamespace
            where c.relname = p || '/* day */' and s.nspname = current_schema()));

    if 'history' = any (missing) then
        create table history/* day */ (like history including all)
            with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_threshold = 2147483647);
        create unique index history/* day */_event on history/* day */ (((execution << 24) | tag), event_id) where tag is not null;
        create unique index history/* day */_mark on history/* day */ (execution, sequence) where sequence % 16 = 0 or tag is null;
    end if;

    if 'steps' = any (missing) then
        create table steps/* day */ (like steps including all)
            with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_threshold = 2147483647);
        create unique index steps/* day */_step on steps/* day */ (((execution << 24) | tag), step_id, epoch);
        create unique index steps/* day */_mark on steps/* day */ (execution, sequence) where sequence % 16 = 0;
    end if;

    if 'logs' = any (missing) then
        create table logs/* day */ (like logs including all)
            with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_threshold = 2147483647);
        create unique index logs/* day */_sequence on logs/* day */ (execution, sequence);
    end if;

    if 'rejections' = any (missing) then
        create table rejections/* day */ (like rejections including all) with (fillfactor = 80);
    end if;

    if 'evidence' = any (missing) then
        create table evidence/* day */ (like evidence including all);
    end if;

    if 'final_payloads' = any (missing) then
        create table final_payloads/* day */ (like final_payloads including all);
    end if;

    foreach parent in array loose loop
        -- An interrupted «detach … concurrently»: neither part of the table nor apart.
        if exists (
            select from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
            where i.inhparent = parent::regclass and c.relname = parent || '/* day */' and i.inhdetachpending) then
            execute format('alter table %I detach partition %I finalize', parent, parent || '/* day */');
        end if;

        execute format(
            'alter table %I attach partition %I for values from (/* day_number { */0/* } */) to (/* day_after { */1/* } */)', parent, parent || '/* day */');
    end loop;
end
$make$;

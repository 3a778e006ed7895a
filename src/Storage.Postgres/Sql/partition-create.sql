-- One day of all that grows with an execution, whatever there is of it already: an operator may be in the middle of getting rid of it. One statement, so that
-- who makes a day holds the lock for as long as the engine takes, and never for as long as a silo that froze in between. Nobody waits long for an
-- operator's lock either: not a sign of life, and not what belongs to other days.
-- A day's tables are made apart and then attached: that takes no lock that a reader or a writer would wait for (create table … partition of would
-- take one). What is there is asked of the catalog's rows: a lookup by name (to_regclass) may answer from a cache that has not heard of another
-- silo's commit yet. What is given here is not inherited by partitions, so it is said once per day:
--   history, logs  are only inserted into: vacuum has nothing to clean, and freezes each page once (insert_scale_factor).
--   history, logs, steps  are found by whole keys, each by the one index that has them, and plans are made when the day is new: nobody needs their
--                  statistics. To take them (analyze_threshold, never reached) was 0.4 s of one core for each of a growing day's tables, at 10,000
--                  events/s on two cores answers of 20 to 60 ms.
--   steps          are written at their start and once more at their end: room is left in the page for the second version, which is the larger one
--                  and then touches no index (HOT). With half a page free, 18 % did not fit. No index may hold what a step's end changes.
-- That an event id or a step is new is said by a unique index: to ask before each insert was a quarter of a commit. It begins with one number, the
-- execution's and 24 bits of the text's hash, which tells nearly all apart. So what one execution writes lies side by side, and only the pages of
-- those that are at work are touched: with the whole hash in front every event went to a page of its own, and the day's index had to fit in memory.
-- (Shift, and, or are of one precedence here: hence every parenthesis.)
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
                where i.inhparent = p::regclass and c.relname = p || '_{day}' and not i.inhdetachpending));
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
            where c.relname = p || '_{day}' and s.nspname = current_schema()));

    if 'history' = any (missing) then
        create table history_{day} (like history including all) with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_threshold = 2147483647);
        create unique index history_{day}_event on history_{day} (((execution << 24) | tag), event_id) where tag is not null;
        create unique index history_{day}_mark on history_{day} (execution, sequence) where sequence % 16 = 0 or tag is null;
    end if;

    if 'steps' = any (missing) then
        create table steps_{day} (like steps including all) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_threshold = 2147483647);
        create unique index steps_{day}_step on steps_{day} (((execution << 24) | tag), step_id, epoch);
        create unique index steps_{day}_mark on steps_{day} (execution, sequence) where sequence % 16 = 0;
    end if;

    if 'logs' = any (missing) then
        create table logs_{day} (like logs including all) with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_threshold = 2147483647);
        create unique index logs_{day}_sequence on logs_{day} (execution, sequence);
    end if;

    if 'rejections' = any (missing) then
        create table rejections_{day} (like rejections including all) with (fillfactor = 80);
    end if;

    if 'evidence' = any (missing) then
        create table evidence_{day} (like evidence including all);
    end if;

    if 'final_payloads' = any (missing) then
        create table final_payloads_{day} (like final_payloads including all);
    end if;

    foreach parent in array loose loop
        -- A «detach … concurrently» that was broken off: neither of the table nor apart.
        if exists (
            select from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
            where i.inhparent = parent::regclass and c.relname = parent || '_{day}' and i.inhdetachpending) then
            execute format('alter table %I detach partition %I finalize', parent, parent || '_{day}');
        end if;

        execute format('alter table %I attach partition %I for values from ({number}) to ({next})', parent, parent || '_{day}');
    end loop;
end
$make$;

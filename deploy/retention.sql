-- Drops what one day has grown: history, steps, logs, rejections, evidence and final outputs of the executions that were made on that day (UTC). The
-- executions themselves stay, in lists and figures, with all that their row holds. While the silos run:
--   psql --host=db --username=executions --dbname=executions --no-psqlrc --set=day=2026-03-01 --file=retention.sql
-- Refuses a day of which an execution has not ended, and a day that is not over for two days. May be broken off and run again.
\set ON_ERROR_STOP on

select to_char(:'day'::date, 'YYYYMMDD') as suffix,
    extract(epoch from :'day'::date)::bigint * 1000000 as begins,
    extract(epoch from :'day'::date + 1)::bigint * 1000000 as ends
\gset

select set_config('retention.day', :'suffix', false), set_config('retention.begins', :'begins', false), set_config('retention.ends', :'ends', false)
\g /dev/null

do $check$
declare
    begins constant bigint := current_setting('retention.begins');
    ends constant bigint := current_setting('retention.ends');
    alive bigint;
begin
    -- By the tracker's clock, not this machine's.
    if coalesce((select max(alive_at) from silos), 0) < ends + 2 * 86400000000 then
        raise exception 'The day is not over for two days: nothing is dropped.';
    end if;

    select count(*) into alive from executions
    where status in ('pending', 'claimed', 'running', 'paused') and created_at >= begins and created_at < ends;
    if alive > 0 then
        raise exception '% executions of that day have not ended: nothing is dropped. Cancel them, or wait.', alive;
    end if;
end
$check$;

-- Concurrently: nobody who reads or writes other days waits. One command each, for that is not possible in a transaction.
select format('alter table %s detach partition %s %s', i.inhparent::regclass, i.inhrelid::regclass, case when i.inhdetachpending then 'finalize' else 'concurrently' end)
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where i.inhparent in ('history'::regclass, 'steps'::regclass, 'logs'::regclass, 'rejections'::regclass, 'evidence'::regclass, 'final_payloads'::regclass)
    and c.relname = i.inhparent::regclass::name || '_' || current_setting('retention.day')
\gexec

-- A report on one of these executions may have made its table anew meanwhile: that one stays, until the next time.
select format('drop table if exists %s', c.oid::regclass)
from unnest(array['history', 'steps', 'logs', 'rejections', 'evidence', 'final_payloads']) as parent
join pg_class as c on c.relname = parent || '_' || current_setting('retention.day') and c.relkind = 'r'
join pg_namespace as s on s.oid = c.relnamespace and s.nspname = current_schema()
where not exists (select from pg_inherits as i where i.inhrelid = c.oid)
\gexec

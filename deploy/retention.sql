-- Drops the history, steps, logs, rejections, evidence and final outputs of the executions that were created on one day (UTC). The executions themselves stay,
-- in lists and figures, with everything in their rows. Run it while the silos run:
--   psql --host=db --username=executions --dbname=executions --no-psqlrc --set=day=2026-03-01 --file=retention.sql
-- Refuses a day with an execution that has not ended, and a day that ended less than two days ago. May be interrupted and run again.
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
    -- Use the tracker's clock, not this machine's.
    if coalesce((select max(alive_at) from silos), 0) < ends + 2 * 86400000000 then
        raise exception 'The day ended less than two days ago. Nothing was dropped.';
    end if;

    select count(*) into alive from executions
    where status in ('pending', 'claimed', 'running', 'paused') and created_at >= begins and created_at < ends;
    if alive > 0 then
        raise exception '% executions of that day have not ended. Nothing was dropped. Cancel them, or wait.', alive;
    end if;
end
$check$;

-- Detach concurrently, so that reads and writes of other days do not wait. Each is its own command, because this is not possible in a transaction.
select format(
    'alter table %s detach partition %s %s', i.inhparent::regclass, i.inhrelid::regclass,
    case when i.inhdetachpending then 'finalize' else 'concurrently' end)
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where i.inhparent in ('history'::regclass, 'steps'::regclass, 'logs'::regclass, 'rejections'::regclass, 'evidence'::regclass, 'final_payloads'::regclass)
    and c.relname = i.inhparent::regclass::name || '_' || current_setting('retention.day')
\gexec

-- A report on one of these executions may have created its table again meanwhile. That table stays until the next run.
select format('drop table if exists %s', c.oid::regclass)
from unnest(array['history', 'steps', 'logs', 'rejections', 'evidence', 'final_payloads']) as parent
join pg_class as c on c.relname = parent || '_' || current_setting('retention.day') and c.relkind = 'r'
join pg_namespace as s on s.oid = c.relnamespace and s.nspname = current_schema()
where not exists (select from pg_inherits as i where i.inhrelid = c.oid)
\gexec

-- Creates {count} pseudo-random executions over the 24 hours before {now}. The values are the same as on SQLite.
create temp table seeded as
with random_values as (
    select i,
        i * 2654435761 % 1000003 as a, i * 40503 % 1000033 as b, i * 69069 % 1000037 as c, i * 1664525 % 1000039 as d,
        {now} - 86400000000 + i * (86400000000 / {count}) as created_at
    from generate_series(0::bigint, {count} - 1) as i)
select
    i,
    'run-' || lpad(i::text, 7, '0') || '-' || lpad(to_hex(a), 6, '0') as id,
    'team-' || least(b % 11, b % 17) as namespace,
    'workflow-' || (a % (1 + b % 200)) as workflow,
    case when c % 100 < 92 then 'succeeded' when c % 100 < 96 then 'failed' when c % 100 = 96 then 'lost' when c % 100 = 97 then 'cancelled'
        when c % 100 = 98 then 'running' when c % 200 = 99 then 'killed' else 'pending' end as status,
    case when c % 100 < 96 then 'reported' when c % 100 = 96 then 'lost_after_start' when c % 100 = 97 then 'cancel_confirmed'
        when c % 200 = 99 then 'timeout' end as cause,
    created_at,
    case when c % 200 = 199 then null else created_at + d % 30000000 end as started_at,
    'worker-' || (d % 500) as worker_id,
    case when d % 10 < 7 then 'scheduler' else 'person-' || (a % 300) end as triggered_by,
    case when c % 100 = 96 and a % 3 = 0 then case a % 9 when 0 then 'recovered' when 3 then 'failed' else 'ignored' end end as resolution,
    case when c % 100 = 96 then a % 2 else 0 end as late_count,
    json_build_object('region', 'region-' || (b % 5), 'team', 'crew-' || (c % 400))::text as labels
from random_values;

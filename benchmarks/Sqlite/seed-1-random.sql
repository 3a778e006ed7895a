-- Creates {count} pseudo-random executions over the 24 hours before {now}.
-- Values are skewed, as in production. Workflow and namespace are independent, so that every pair of filters matches some executions.
create temp table seeded as
with recursive
    n(i) as (select 0 union all select i + 1 from n where i + 1 < {count}),
    random_values as (
        select i,
            i * 2654435761 % 1000003 as a, i * 40503 % 1000033 as b, i * 69069 % 1000037 as c, i * 1664525 % 1000039 as d,
            {now} - 86400000000 + i * (86400000000 / {count}) as created_at
        from n)
select
    i,
    printf('run-%07d-%06x', i, a) as id,
    'team-' || min(b % 11, b % 17) as namespace,
    'workflow-' || (a % (1 + b % 200)) as workflow,
    case when c % 100 < 92 then 'succeeded' when c % 100 < 96 then 'failed' when c % 100 = 96 then 'lost' when c % 100 = 97 then 'cancelled'
        when c % 100 = 98 then 'running' when c % 200 = 99 then 'killed' else 'pending' end as status,
    created_at,
    case when c % 200 = 199 then null else created_at + d % 30000000 end as started_at,
    'worker-' || (d % 500) as worker_id,
    case when d % 10 < 7 then 'scheduler' else 'person-' || (a % 300) end as triggered_by,
    case when c % 100 = 96 and a % 3 = 0 then case a % 9 when 0 then 'recovered' when 3 then 'failed' else 'ignored' end end as resolution,
    case when c % 100 = 96 then a % 2 else 0 end as late_count,
    json_object('region', 'region-' || (b % 5), 'team', 'crew-' || (c % 400)) as labels
from random_values;

alter table seeded add column cause text;

update seeded
set cause = case status when 'lost' then 'lost_after_start' when 'cancelled' then 'cancel_confirmed' when 'killed' then 'timeout' else 'reported' end
where status not in ('running', 'pending');

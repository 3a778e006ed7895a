-- The counters that these executions would have produced: per minute and per hour, per workflow and in total, all in the shard of one writer.
-- Rows are inserted minute by minute, in the order in which a silo would have counted them.
create temp table ended as
select workflow, namespace, status, cause, ended_at,
    case when ended_at <= started_at then 0 else 1 + floor(ln(ended_at - started_at) / ln(1.08))::int end as bucket
from executions
where ended_at is not null;

insert into stats (span, workflow, at, namespace, kind, word, shard, count)
select span, w, at, namespace, kind, word, 0, count(*)
from (
    select span, case total when 1 then '' else workflow end as w, ended_at - ended_at % (span * 1000000::bigint) as at, namespace, kind,
        case kind when 'status' then status else cause end as word
    from ended, unnest(array[60, 3600]) as span, unnest(array[0, 1]) as total, unnest(array['status', 'cause']) as kind) as counted
group by 1, 2, 3, 4, 5, 6
order by at;

insert into stat_durations (span, workflow, at, namespace, bucket, shard, count)
select span, w, at, namespace, bucket, 0, count(*)
from (
    select span, case total when 1 then '' else workflow end as w, ended_at - ended_at % (span * 1000000::bigint) as at, namespace, bucket
    from ended, unnest(array[60, 3600]) as span, unnest(array[0, 1]) as total) as counted
group by 1, 2, 3, 4, 5
order by at;

insert into live_counts (workflow, namespace, status, shard, count)
select case total when 1 then '' else workflow end, namespace, status, 0, count(*)
from executions, unnest(array[0, 1]) as total
where ended_at is null
group by 1, 2, 3;

insert into stat_workflows (workflow) select distinct workflow from executions on conflict do nothing;

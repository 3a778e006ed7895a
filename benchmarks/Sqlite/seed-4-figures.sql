-- The counters that these executions would have produced: per minute and per hour, per workflow and in total.
create temp table ended as
select workflow, namespace, status, cause, ended_at,
    case when ended_at <= started_at then 0 else 1 + cast(floor(ln(ended_at - started_at) / ln(1.08)) as integer) end as bucket
from executions
where ended_at is not null;

insert into stats (span, workflow, at, namespace, kind, word, count)
select span, w, at, namespace, kind, word, count(*)
from (
    select span.value as span, case total.value when 1 then '' else workflow end as w, ended_at - ended_at % (span.value * 1000000) as at, namespace,
        kind.value as kind, case kind.value when 'status' then status else cause end as word
    from ended, json_each('[60, 3600]') as span, json_each('[0, 1]') as total, json_each('["status", "cause"]') as kind)
group by 1, 2, 3, 4, 5, 6;

insert into stat_durations (span, workflow, at, namespace, bucket, count)
select span, w, at, namespace, bucket, count(*)
from (
    select span.value as span, case total.value when 1 then '' else workflow end as w, ended_at - ended_at % (span.value * 1000000) as at, namespace, bucket
    from ended, json_each('[60, 3600]') as span, json_each('[0, 1]') as total)
group by 1, 2, 3, 4, 5;

insert into live_counts (workflow, namespace, status, count)
select case total.value when 1 then '' else workflow end, namespace, status, count(*)
from executions, json_each('[0, 1]') as total
where ended_at is null
group by 1, 2, 3;

insert into stat_workflows (workflow) select distinct workflow from executions order by 1;

-- Figures: counters per minute and hour (span, in seconds), per workflow and for all workflows (''). Each writer adds to its own rows (shard).
-- They are written last in a commit, in one order, because every commit of a writer changes them.

-- name: AddStats :exec
insert into stats as t (span, workflow, at, namespace, kind, word, shard, count)
select s.span, w.name, x.at - (((x.at % s.width) + s.width) % s.width), x.namespace, x.kind, x.word, @shard, sum(x.count)
from unnest(
        @id::text[], @workflow::text[], @at::bigint[], @namespace::text[], @kind::text[], @word::text[], @count::bigint[])
    as x (
        id, workflow, at, namespace, kind, word, count)
cross join (values (60, 60000000::bigint), (3600, 3600000000)) as s (span, width)
cross join lateral (values (x.workflow), ('')) as w (name)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0)
group by 1, 2, 3, 4, 5, 6
order by 1, 2, 3, 4, 5, 6
on conflict (span, workflow, at, namespace, kind, word, shard) do update set count = t.count + excluded.count;

-- name: AddDurations :exec
insert into stat_durations as t (span, workflow, at, namespace, bucket, shard, count)
select s.span, w.name, x.at - (((x.at % s.width) + s.width) % s.width), x.namespace, x.bucket, @shard, sum(x.count)
from unnest(
        @id::text[], @workflow::text[], @at::bigint[], @namespace::text[], @bucket::int[], @count::int[])
    as x (
        id, workflow, at, namespace, bucket, count)
cross join (values (60, 60000000::bigint), (3600, 3600000000)) as s (span, width)
cross join lateral (values (x.workflow), ('')) as w (name)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0)
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
on conflict (span, workflow, at, namespace, bucket, shard) do update set count = t.count + excluded.count;

-- name: AddLive :exec
insert into live_counts as t (workflow, namespace, status, shard, count)
select w.name, x.namespace, x.status, @shard, sum(x.count)
from unnest(
        @id::text[], @workflow::text[], @namespace::text[], @status::text[], @count::bigint[])
    as x (
        id, workflow, namespace, status, count)
cross join lateral (values (x.workflow), ('')) as w (name)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0)
group by 1, 2, 3
having sum(x.count) <> 0
order by 1, 2, 3
on conflict (workflow, namespace, status, shard) do update set count = t.count + excluded.count;

-- name: TakeShard :one
-- The lowest number that no other writer of this database holds. Held until the connection ends.
select n from generate_series(0, 999) as n where pg_try_advisory_lock(2026031, n) limit 1;

-- name: PlanFigures :exec
-- Settings of this transaction: sums are planned for the values asked, unlike lists.
set local plan_cache_mode = force_custom_plan;
set local enable_sort = on;
set local enable_bitmapscan = on;
set local max_parallel_workers_per_gather = 0;

-- name: ReadStats :many
select at, kind, word, sum(count)::bigint
from stats
where span = @span and workflow = @workflow and at >= @from_at and at < @to_at
  and (@namespaces::text[] is null or namespace = any (@namespaces))
group by at, kind, word;

-- name: ReadDurations :many
select bucket, sum(count)::bigint
from stat_durations
where span = @span and workflow = @workflow and at >= @from_at and at < @to_at
  and (@namespaces::text[] is null or namespace = any (@namespaces))
group by bucket;

-- name: ReadLive :many
select status, sum(count)::bigint
from live_counts
where workflow = @workflow and (@namespaces::text[] is null or namespace = any (@namespaces))
group by status;

-- name: InsertCountedWorkflows :exec
-- Gives workflows figures of their own, up to workflow_max per namespace. prefix is how the names of a namespace begin.
insert into stat_workflows (workflow)
select n.workflow
from (
    select x.workflow, x.prefix, row_number() over (partition by x.prefix order by x.workflow) as number
    from unnest(@workflow::text[], @prefix::text[]) as x (workflow, prefix)) as n
where n.number <= @workflow_max - (select count(*) from stat_workflows as s where starts_with(s.workflow, n.prefix))
on conflict do nothing;

-- name: FindCountedWorkflows :many
select workflow from stat_workflows where workflow = any (@workflow::text[]);

-- name: PruneFigures :exec
-- Deletes one workflow's figures per minute before a minute.
with durations as (
    delete from stat_durations where span = 60 and workflow = @workflow and at < @before)
delete from stats where span = 60 and workflow = @workflow and at < @before;

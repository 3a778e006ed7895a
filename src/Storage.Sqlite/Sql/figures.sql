-- Figures: counters per minute and hour (span, in seconds), per workflow and for all workflows (''). Added up per batch before they are written.

-- name: AddStat :exec
insert into stats (span, workflow, at, namespace, kind, word, count) values (@span, @workflow, @at, @namespace, @kind, @word, @count)
on conflict (span, workflow, at, namespace, kind, word) do update set count = count + excluded.count;

-- name: AddDuration :exec
insert into stat_durations (span, workflow, at, namespace, bucket, count) values (@span, @workflow, @at, @namespace, @bucket, @count)
on conflict (span, workflow, at, namespace, bucket) do update set count = count + excluded.count;

-- name: AddLive :exec
insert into live_counts (workflow, namespace, status, count) values (@workflow, @namespace, @status, @count)
on conflict (workflow, namespace, status) do update set count = count + excluded.count;

-- name: ReadStats :many
select at, kind, word, sum(count)
from stats
where span = @span and workflow = @workflow and at >= @from_at and at < @to_at
  and (@namespaces is null or namespace in (select value from json_each(@namespaces)))
group by at, kind, word;

-- name: ReadDurations :many
select bucket, sum(count)
from stat_durations
where span = @span and workflow = @workflow and at >= @from_at and at < @to_at
  and (@namespaces is null or namespace in (select value from json_each(@namespaces)))
group by bucket;

-- name: ReadLive :many
select status, sum(count)
from live_counts
where workflow = @workflow and (@namespaces is null or namespace in (select value from json_each(@namespaces)))
group by status;

-- name: InsertCountedWorkflow :exec
insert into stat_workflows (workflow) values (@workflow) on conflict do nothing;

-- name: PruneStats :exec
-- Deletes one workflow's figures per minute before a minute.
delete from stats where span = 60 and workflow = @workflow and at < @before;

-- name: PruneDurations :exec
-- As PruneStats.
delete from stat_durations where span = 60 and workflow = @workflow and at < @before;

insert into executions (
    number, id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id, triggered_by,
    resolution, late_count, labels, state)
select
    i + 1, id, i % 16, namespace, workflow, status, cause, 3, 1, case status when 'running' then created_at + 60000000 end, created_at, started_at,
    case when status not in ('running', 'pending') then started_at + i % 900 * 1000000 end,
    worker_id, triggered_by, resolution, late_count, labels,
    cast(json_set(
        {state}, '$.id', id, '$.namespace', namespace, '$.facts.workflow', workflow, '$.status', status, '$.cause', cause, '$.createdAt', created_at,
        '$.startedAt', started_at, '$.worker.workerId', worker_id, '$.facts.triggeredBy', triggered_by, '$.facts.labels', json(labels)) as blob)
from seeded;

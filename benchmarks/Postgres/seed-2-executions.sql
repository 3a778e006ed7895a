insert into executions (
    id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id, triggered_by,
    resolution, late_count, labels, state)
select
    s.id, s.i % 16, s.namespace, s.workflow, s.status, s.cause, 3, 1, case s.status when 'running' then s.created_at + 60000000 end,
    s.created_at, s.started_at, case when s.status not in ('running', 'pending') then s.started_at + s.i % 900 * 1000000 end,
    s.worker_id, s.triggered_by, s.resolution, s.late_count, s.labels,
    convert_to((t.state || jsonb_build_object(
        'id', s.id, 'namespace', s.namespace, 'status', s.status, 'cause', s.cause, 'createdAt', s.created_at, 'startedAt', s.started_at,
        'worker', (t.state -> 'worker') || jsonb_build_object('workerId', s.worker_id),
        'facts', (t.state -> 'facts')
            || jsonb_build_object('workflow', s.workflow, 'triggeredBy', s.triggered_by, 'labels', s.labels::jsonb)))::text, 'UTF8')
from seeded as s, (select convert_from(state, 'UTF8')::jsonb as state from typical) as t;

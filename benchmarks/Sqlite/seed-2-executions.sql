-- The remaining columns of the table take the values of the typical execution. This comment must not contain parentheses: SeededFile reads the column list
-- below.
insert into executions (
    number, id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id, triggered_by,
    resolution, late_count, labels, closed_at, duration, state{others})
select
    s.i + 1, s.id, s.i % 16, s.namespace, s.workflow, s.status, s.cause, 3, 1, case s.status when 'running' then s.created_at + 60000000 end,
    s.created_at, s.started_at, case when s.status not in ('running', 'pending') then s.started_at + s.i % 900 * 1000000 end,
    s.worker_id, s.triggered_by, s.resolution, s.late_count, s.labels,
    case when s.status not in ('running', 'pending') then coalesce(s.started_at, s.created_at) + s.i % 900 * 1000000 end,
    case when s.status not in ('running', 'pending') then s.i % 900 * 1000000 end,
    cast(json_set(
        t.state, '$.id', s.id, '$.namespace', s.namespace, '$.facts.workflow', s.workflow, '$.status', s.status, '$.cause', s.cause,
        '$.createdAt', s.created_at, '$.startedAt', s.started_at, '$.worker.workerId', s.worker_id, '$.facts.triggeredBy', s.triggered_by,
        '$.facts.labels', json(s.labels)) as blob){others}
from seeded as s, typical as t;

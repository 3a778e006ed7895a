-- The part of the JSON that all executions share is rendered once, as text. Building a million jsonb values would take minutes.
create temp table same as
select
    left((s - array['id', 'namespace', 'status', 'cause', 'createdAt', 'startedAt', 'worker', 'facts'])::text, -1) as state,
    left(((s -> 'worker') - 'workerId')::text, -1) as worker,
    left(((s -> 'facts') - array['workflow', 'triggeredBy', 'labels'])::text, -1) as facts
from (select convert_from(state, 'UTF8')::jsonb as s from typical) as t;

insert into executions (
    id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id, triggered_by,
    resolution, late_count, labels, closed_at, state, history_sequence, step_sequence)
select
    s.id, s.i % 16, s.namespace, s.workflow, s.status, s.cause, 3, 1, case s.status when 'running' then s.created_at + 60000000 end,
    s.created_at, s.started_at, case when s.status not in ('running', 'pending') then s.started_at + s.i % 900 * 1000000 end,
    s.worker_id, s.triggered_by, s.resolution, s.late_count, s.labels,
    case when s.status not in ('running', 'pending') then coalesce(s.started_at, s.created_at) + s.i % 900 * 1000000 end,
    convert_to(
        t.state || ', "id": "' || s.id || '", "namespace": "' || s.namespace || '", "status": "' || s.status
            || case when s.cause is null then '"' else '", "cause": "' || s.cause || '"' end
            || ', "createdAt": ' || s.created_at || coalesce(', "startedAt": ' || s.started_at, '')
            || ', "worker": ' || t.worker || ', "workerId": "' || s.worker_id || '"}'
            || ', "facts": ' || t.facts || ', "workflow": "' || s.workflow || '", "triggeredBy": "' || s.triggered_by || '", "labels": ' || s.labels || '}}',
        'UTF8'), 3, 0
from seeded as s, same as t;

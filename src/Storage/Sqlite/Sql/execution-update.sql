update executions
set revision = $revision, epoch = $epoch, ended_at = $ended_at, state = $state,
    namespace = $namespace, workflow = $workflow, status = $status, cause = $cause, due_at = $due_at,
    created_at = $created_at, started_at = $started_at, worker_id = $worker_id, triggered_by = $triggered_by,
    resolution = $resolution, late_count = $late_count, labels = $labels
where id = $id;

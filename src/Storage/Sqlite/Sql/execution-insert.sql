insert into executions (
    id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id, triggered_by,
    resolution, late_count, labels, state)
values (
    $id, $bucket, $namespace, $workflow, $status, $cause, $revision, $epoch, $due_at, $created_at, $started_at, $ended_at, $worker_id,
    $triggered_by, $resolution, $late_count, $labels, $state);

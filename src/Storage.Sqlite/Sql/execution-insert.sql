insert into executions (
    number, id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id,
    triggered_by, resolution, late_count, labels, last_history, history_sequence, last_step, step_sequence, closed_at, duration, epochs, state)
values (
    $number, $id, $bucket, $namespace, $workflow, $status, $cause, $revision, $epoch, $due_at, $created_at, $started_at, $ended_at,
    $worker_id, $triggered_by, $resolution, $late_count, $labels, $last_history, $history_sequence, $last_step, $step_sequence,
    $closed_at, $duration, $epochs, $state);

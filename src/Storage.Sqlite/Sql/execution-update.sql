update executions
set revision = $revision, epoch = $epoch, last_history = $last_history, history_sequence = $history_sequence,
    last_step = $last_step, step_sequence = $step_sequence, state = $state, due_at = $due_at, ended_at = $ended_at, closed_at = $closed_at,
    duration = $duration, status = $status, cause = $cause, namespace = $namespace, workflow = $workflow, created_at = $created_at, started_at = $started_at, worker_id = $worker_id,
    triggered_by = $triggered_by, resolution = $resolution, late_count = $late_count, labels = $labels, epochs = $epochs
where number = $number and revision = $base;

-- Another status, its cause, and its end: the indexes without any of them are not written. No row: use execution-update.
update executions
set revision = $revision, epoch = $epoch, last_history = $last_history, history_sequence = $history_sequence,
    last_step = $last_step, step_sequence = $step_sequence, state = $state, due_at = $due_at, ended_at = $ended_at, closed_at = $closed_at,
    duration = $duration, status = $status, cause = $cause
where number = $number and revision = $base
  and namespace = $namespace and workflow = $workflow and created_at = $created_at and started_at is $started_at and worker_id is $worker_id
  and triggered_by is $triggered_by and resolution is $resolution and late_count = $late_count and labels is $labels
  and epochs is $epochs;

-- Another status, and its cause: the indexes without either are not written. No row: use execution-update.
update executions
set revision = $revision, epoch = $epoch, ended_at = $ended_at, last_history = $last_history, history_sequence = $history_sequence,
    last_step = $last_step, step_sequence = $step_sequence, state = $state, due_at = $due_at, status = $status, cause = $cause
where number = $number and revision = $base
  and namespace = $namespace and workflow = $workflow and created_at = $created_at and started_at is $started_at and worker_id is $worker_id
  and triggered_by is $triggered_by and resolution is $resolution and late_count = $late_count and labels is $labels;

-- The cheap update: nothing that an index holds has changed, so no index is written. No row: try execution-lease.
update executions
set revision = $revision, epoch = $epoch, last_history = $last_history, history_sequence = $history_sequence,
    last_step = $last_step, step_sequence = $step_sequence, state = $state
where number = $number and revision = $base
  and namespace = $namespace and workflow = $workflow and created_at = $created_at and started_at is $started_at and worker_id is $worker_id
  and triggered_by is $triggered_by and resolution is $resolution and late_count = $late_count and labels is $labels
  and ended_at is $ended_at and closed_at is $closed_at and epochs is $epochs and status = $status and cause is $cause and due_at is $due_at;

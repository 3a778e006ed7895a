-- What most events change: nothing that lists show or an index holds. No row: due_at has moved, try execution-lease.
update executions
set revision = $revision, last_history = $last_history, history_sequence = $history_sequence, last_step = $last_step, step_sequence = $step_sequence,
    state = $state
where number = $number and revision = $base and due_at is $due_at;

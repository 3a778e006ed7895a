select history_sequence, step_sequence from executions where id = $execution_id;

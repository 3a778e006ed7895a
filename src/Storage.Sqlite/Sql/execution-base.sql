select number, revision, last_history, history_sequence, last_step, step_sequence from executions where id = $id;

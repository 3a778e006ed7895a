select history_sequence, step_sequence::bigint from executions where id = $1;

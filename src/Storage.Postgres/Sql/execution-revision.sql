select id, revision, history_sequence, step_sequence from executions where id = any ($1::text[]);

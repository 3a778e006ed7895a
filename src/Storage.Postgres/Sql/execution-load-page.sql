select id, state from executions where id = any ($1::text[]);

select id, revision from executions where id = any ($1::text[]);

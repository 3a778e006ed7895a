insert into audit (at, by, action, execution_id, namespace, reason) values ($1, $2, $3, $4, $5, $6);

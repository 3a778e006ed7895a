insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

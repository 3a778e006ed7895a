insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
values ($at, $by, $action, $execution_id, $namespace, $reason, $key_id, $key_name, $claims, $address, $trace_id);

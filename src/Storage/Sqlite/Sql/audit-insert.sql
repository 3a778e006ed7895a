insert into audit (at, by, action, execution_id, namespace, reason) values ($at, $by, $action, $execution_id, $namespace, $reason);

select number from audit indexed by audit_execution where execution_id = $execution_id and number < $before order by number desc limit 1 offset $examine - 1;

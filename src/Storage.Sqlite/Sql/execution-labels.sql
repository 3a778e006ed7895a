select labels, status, workflow, namespace from executions where number = $number;

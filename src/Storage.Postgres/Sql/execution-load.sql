select state from executions where id = $1;

select labels from executions where id = $id;

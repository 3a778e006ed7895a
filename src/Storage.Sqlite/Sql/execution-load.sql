select state from executions where id = $id;

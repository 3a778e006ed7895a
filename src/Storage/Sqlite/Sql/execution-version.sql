select version from executions where id = $id;

select revision from executions where id = $id;

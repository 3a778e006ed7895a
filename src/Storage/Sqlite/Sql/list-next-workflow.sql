select min(workflow) from executions indexed by executions_workflow where workflow >= ?;

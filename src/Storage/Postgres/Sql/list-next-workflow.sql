select min(workflow) from executions where workflow >= $1;

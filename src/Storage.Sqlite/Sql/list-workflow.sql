-- The first workflow in a range, by one look into the index.
select workflow from executions indexed by executions_workflow where workflow >= ? and workflow <= ? order by workflow limit 1;

-- Workflows from ?1 to ?2, by one look into the index for each; at most ?3 of them.
with recursive found (workflow) as (
    select min(workflow) from executions indexed by executions_workflow where workflow >= ?1 and workflow <= ?2
    union all
    select (select min(e.workflow) from executions as e indexed by executions_workflow where e.workflow > found.workflow and e.workflow <= ?2)
    from found where found.workflow is not null
    limit ?3)
select workflow from found where workflow is not null;

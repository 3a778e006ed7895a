-- How many ids there are from $1 to $2, up to $3, and the workflows, up to $4, by one look into the index for each.
with recursive found (workflow) as (
    (select workflow from executions where workflow >= $1 and workflow <= $2 order by workflow limit 1)
    union all
    select (select e.workflow from executions as e where e.workflow > found.workflow and e.workflow <= $2 order by e.workflow limit 1)
    from found where found.workflow is not null)
select
    (select count(*) from (select 1 from executions where id >= $1 and id <= $2 limit $3) as counted),
    array(select workflow from found where workflow is not null limit $4);

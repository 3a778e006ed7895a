-- How many ids there are of a range, up to so many, and the workflows, up to so many, by one look into the index for each; and what else is to be counted.
with recursive found (workflow) as (
    (select workflow from executions where workflow >= ? and workflow <= ? order by workflow limit 1)
    union all
    select (select e.workflow from executions as e where e.workflow > found.workflow and e.workflow <= ? order by e.workflow limit 1)
    from found where found.workflow is not null)
select
    (select count(*) from (select 1 from executions where id >= ? and id <= ? limit ?) as counted),
    array(select workflow from found where workflow is not null limit ?),
    ({skewed})

-- The list of executions. ListPlan chooses among these statements and ListStream fills them in; Golden/lists.postgres.sql (tests) has
-- examples of the final text. What is filled in:
--   driver    names one value of one index, in whose order the list is read: created_at and id below the index's columns
--   residual  what the other filters ask of a row (executions_row)
--   values    the values of several drivers at once, a column each; the driver then compares with these columns (d.v0, d.v1, ...)
-- A page starts below a place (@before_created_at, @before_id). Where the driver leads to more than what is asked for, the inner limit
-- bounds how many rows are examined, and the Find...Boundary statement tells how far the walk came.

-- name: ListPage :many
-- The driver leads only to what is asked for. place is created_at; without any filter (created_at | 0), because that is another index.
select created_at, id, state
from executions
where /* driver { */ namespace = 'default' /* } */ and (/* place { */ created_at /* } */, id) < (@before_created_at, @before_id)
order by /* place { */ created_at /* } */ desc, id desc
limit @row_max;

-- name: ListMergedPage :many
-- As ListPage, for several drivers: the newest places of each, merged, and then the rows of the newest.
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(/* values { */ array['default'] /* } */) as d (/* names { */ v0 /* } */)
    cross join lateral (
        select created_at, id
        from executions
        where /* driver { */ namespace = d.v0 /* } */ and (created_at, id) < (@before_created_at, @before_id)
        order by created_at desc, id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- name: ListWalk :many
-- The driver leads to other rows too, which the residual turns away.
select created_at, id, state
from (
    select *, /* place { */ created_at /* } */ as place from executions
    where /* driver { */ namespace = 'default' /* } */ and (/* place { */ created_at /* } */, id) < (@before_created_at, @before_id)
    order by /* place { */ created_at /* } */ desc, id desc
    limit @examine_max) as executions_row
where /* residual { */ status in ('running') /* } */
order by place desc, id desc
limit @row_max;

-- name: FindWalkBoundary :one
-- The last place that ListWalk examined, not below @down.
select created_at, id
from executions
where /* driver { */ namespace = 'default' /* } */ and (/* place { */ created_at /* } */, id) < (@before_created_at, @before_id)
    and (/* place { */ created_at /* } */, id) >= (@down_created_at, @down_id)
order by /* place { */ created_at /* } */ desc, id desc
limit 1 offset @examine_max - 1;

-- name: ListMergedWalk :many
-- As ListWalk, for several drivers.
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(/* values { */ array['default'] /* } */) as d (/* names { */ v0 /* } */)
    cross join lateral (
        select created_at, id
        from (
            select *, created_at as place from executions
            where /* driver { */ namespace = d.v0 /* } */ and (created_at, id) < (@before_created_at, @before_id)
            order by created_at desc, id desc
            limit @examine_max) as executions_row
        where /* residual { */ status in ('running') /* } */
        order by place desc, id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- name: FindMergedWalkBoundary :one
-- The newest of the drivers' boundaries: below it the merged page is not complete.
select s.created_at, s.id
from unnest(/* values { */ array['default'] /* } */) as d (/* names { */ v0 /* } */)
cross join lateral (
    select created_at, id
    from executions
    where /* driver { */ namespace = d.v0 /* } */ and (created_at, id) < (@before_created_at, @before_id)
        and (created_at, id) >= (@down_created_at, @down_id)
    order by created_at desc, id desc
    limit 1 offset @examine_max - 1) as s
order by s.created_at desc, s.id desc
limit 1;

-- name: ListGlance :many
-- Tried before a merged walk: the newest places of all drivers together, by their index alone, and the residual only of these. Mostly they fill the page.
select p.place, p.place_id, executions_row.state
from (
    select s.created_at as place, s.id as place_id
    from unnest(/* values { */ array['default'] /* } */) as d (/* names { */ v0 /* } */)
    cross join lateral (
        select created_at, id
        from executions
        where /* driver { */ namespace = d.v0 /* } */ and (created_at, id) < (@before_created_at, @before_id)
        order by created_at desc, id desc
        limit @place_max) as s
    order by s.created_at desc, s.id desc
    limit @place_max) as p
join executions as executions_row on executions_row.id = p.place_id
where /* residual { */ status in ('running') /* } */
order by p.place desc, p.place_id desc
limit @row_max;

-- name: ListLabelPage :many
-- As ListPage, through the rows of a label.
select e.created_at, e.id, e.state
from (
    select created_at, execution_id as id
    from execution_labels
    where /* driver { */ key = 'k' and value = 'v' and facet = '' /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
    order by created_at desc, execution_id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- name: ListMergedLabelPage :many
-- As ListLabelPage, for several drivers.
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(/* values { */ array['k'], array['v'], array[''] /* } */) as d (/* names { */ v0, v1, v2 /* } */)
    cross join lateral (
        select created_at, execution_id as id
        from execution_labels
        where /* driver { */ key = d.v0 and value = d.v1 and facet = d.v2 /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
        order by created_at desc, execution_id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- name: ListLabelWalk :many
-- As ListWalk, through the rows of a label. joined is left out if the residual asks no column of executions.
select e.created_at, e.id, e.state
from (
    select l.created_at, l.execution_id as id
    from (
        select created_at, execution_id from execution_labels
        where /* driver { */ key = 'k' and value = 'v' and facet = '' /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
        order by created_at desc, execution_id desc
        limit @examine_max) as l
    /* joined { */
    join executions as executions_row on executions_row.id = l.execution_id
    /* } */
    where /* residual { */ status in ('running') /* } */
    order by l.created_at desc, l.execution_id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- name: FindLabelWalkBoundary :one
-- The last place that ListLabelWalk examined, not below @down.
select created_at, execution_id as id
from execution_labels
where /* driver { */ key = 'k' and value = 'v' and facet = '' /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
    and (created_at, execution_id) >= (@down_created_at, @down_id)
order by created_at desc, execution_id desc
limit 1 offset @examine_max - 1;

-- name: ListMergedLabelWalk :many
-- As ListLabelWalk, for several drivers.
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(/* values { */ array['k'], array['v'], array[''] /* } */) as d (/* names { */ v0, v1, v2 /* } */)
    cross join lateral (
        select l.created_at, l.execution_id as id
        from (
            select created_at, execution_id from execution_labels
            where /* driver { */ key = d.v0 and value = d.v1 and facet = d.v2 /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
            order by created_at desc, execution_id desc
            limit @examine_max) as l
        /* joined { */
        join executions as executions_row on executions_row.id = l.execution_id
        /* } */
        where /* residual { */ status in ('running') /* } */
        order by l.created_at desc, l.execution_id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- name: FindMergedLabelWalkBoundary :one
-- As FindMergedWalkBoundary, through the rows of labels.
select s.created_at, s.id
from unnest(/* values { */ array['k'], array['v'], array[''] /* } */) as d (/* names { */ v0, v1, v2 /* } */)
cross join lateral (
    select created_at, execution_id as id
    from execution_labels
    where /* driver { */ key = d.v0 and value = d.v1 and facet = d.v2 /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
        and (created_at, execution_id) >= (@down_created_at, @down_id)
    order by created_at desc, execution_id desc
    limit 1 offset @examine_max - 1) as s
order by s.created_at desc, s.id desc
limit 1;

-- name: ListSorted :many
-- A list in another order than that of creation, through the index of that order. The index also holds status, workflow and namespace
-- (covered), so a row that these turn away costs no visit to the table.
select s.place, s.place_id, executions_row.state
from (
    select place, place_id
    from (
        select /* order { */ started_at /* } */ as place, id as place_id, status, workflow, namespace from executions
        where /* driver { */ started_at is not null /* } */ and (/* order { */ started_at /* } */, id) < (@before_created_at, @before_id)
        order by /* order { */ started_at /* } */ desc, id desc
        limit @examine_max) as walked
    where /* covered { */ status in ('running') /* } */) as s
join executions as executions_row on executions_row.id = s.place_id
where /* residual { */ late_count > 0 /* } */
order by s.place desc, s.place_id desc
limit @row_max;

-- name: FindSortedBoundary :one
-- The last place that ListSorted examined, not below @down.
select /* order { */ started_at /* } */, id
from executions
where /* driver { */ started_at is not null /* } */ and (/* order { */ started_at /* } */, id) < (@before_created_at, @before_id)
    and (/* order { */ started_at /* } */, id) >= (@down_created_at, @down_id)
order by /* order { */ started_at /* } */ desc, id desc
limit 1 offset @examine_max - 1;

-- name: ListRange :many
-- A range of another index that is known to be small: it is sorted here. offset 0 keeps the planner from walking in the list's order instead.
select /* order { */ created_at /* } */, id, state
from (select * from executions where /* driver { */ id >= 'a' and id <= 'b' /* } */ offset 0) as executions_row
where (/* order { */ created_at /* } */, id) < (@before_created_at, @before_id) and /* residual { */ status in ('running') /* } */
order by /* order { */ created_at /* } */ desc, id desc
limit @row_max;

-- name: SurveyPrefix :one
-- How many ids begin with a prefix (up to id_max), which workflows do (up to workflow_max, one index lookup each), and skewed, another count.
with recursive found (workflow) as (
    (select workflow from executions where workflow >= @prefix and workflow <= @prefix_end order by workflow limit 1)
    union all
    select (select e.workflow from executions as e where e.workflow > found.workflow and e.workflow <= @prefix_end order by e.workflow limit 1)
    from found where found.workflow is not null)
select
    (select count(*) from (select 1 from executions where id >= @prefix and id <= @prefix_end limit @id_max) as counted),
    array(select workflow from found where workflow is not null limit @workflow_max),
    (/* skewed { */ 0::bigint /* } */);

-- name: SurveyTime :one
-- As SurveyPrefix where no prefix is asked for.
select 0::bigint, array[]::text[], (/* skewed { */ 0::bigint /* } */);

-- name: CountRanges :one
-- Several counts of CountRange at once.
select /* counts { */ 0::bigint /* } */;

-- name: ListOldestRunning :many
select created_at, id
from executions
where status = 'running'
order by created_at, id
limit @row_max;

-- name: ListOldestRunningOfWorkflow :many
select created_at, id
from executions
where workflow = @workflow and status = 'running' and (@namespaces::text[] is null or namespace = any (@namespaces))
order by created_at, id
limit @row_max;

-- name: ListOldestRunningOfNamespace :many
select created_at, id
from executions
where namespace = @namespace and status = 'running'
order by created_at, id
limit @row_max;

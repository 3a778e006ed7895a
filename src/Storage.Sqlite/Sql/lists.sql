-- The list of executions. ListPlan chooses among these statements and fills them in; Golden/lists.sqlite.sql (tests) has examples of the
-- final text. What is filled in:
--   index     the index that is read; indexed by keeps SQLite from another
--   driver    names one value of that index, in whose order the list is read: created_at and id below the index's columns
--   residual  what the other filters ask of a row (executions_row)
-- Several values are several statements, merged row by row (SqliteStore.List).
-- A page starts below a place (@before_created_at, @before_id). Where the driver leads to more than what is asked for, the inner limit
-- bounds how many rows are examined, and the Find...Boundary statement tells how far the walk came.

-- name: ListPage :many
-- The driver leads only to what is asked for.
select created_at, id, state
from executions indexed by /* index { */ executions_namespace /* } */
where /* driver { */ namespace = 'default' /* } */ and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- name: ListWalk :many
-- The driver leads to other rows too, which the residual turns away. The inner query reads the index alone; columns names what else the
-- index holds and the residual asks, so that a row turned away by it costs no visit to the table.
select place, place_id, state
from (
    select created_at as place, id as place_id, number/* columns { */, started_at/* } */
    from executions indexed by /* index { */ executions_namespace /* } */
    where /* driver { */ namespace = 'default' /* } */ and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as places
cross join executions as executions_row using (number/* columns { */, started_at/* } */)
where /* residual { */ status in ('running') /* } */
limit @row_max;

-- name: FindWalkBoundary :one
-- The last place that ListWalk examined, if it examined the maximum.
select created_at, id
from executions indexed by /* index { */ executions_namespace /* } */
where /* driver { */ namespace = 'default' /* } */ and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit 1 offset @examine_max - 1;

-- name: ListAll :many
-- As ListWalk, where the driver is known to lead to few rows.
select created_at, id, state
from executions as executions_row indexed by /* index { */ executions_namespace /* } */
where /* driver { */ namespace = 'default' /* } */ and (created_at, id) < (@before_created_at, @before_id) and /* residual { */ status in ('running') /* } */
order by created_at desc, id desc
limit @row_max;

-- name: ListGlance :many
-- As ListWalk, where a start time is asked for and few rows are to be visited: time is asked of the index alone, and only the rows that
-- pass it count as visited (@visit_max).
select place, place_id, state
from (
    select place, place_id, number
    from (
        select created_at as place, id as place_id, number, started_at from executions indexed by /* index { */ executions_namespace /* } */
        where /* driver { */ namespace = 'default' /* } */ and (created_at, id) < (@before_created_at, @before_id)
        order by created_at desc, id desc
        limit @examine_max)
    where /* time { */ started_at >= 0 /* } */
    limit @visit_max) as places
cross join executions as executions_row using (number)
where /* residual { */ status in ('running') /* } */
limit @row_max;

-- name: ListLabelPage :many
-- As ListPage, through the rows of a label.
select execution_labels.created_at, execution_labels.execution_id, e.state
from execution_labels
cross join executions as e on e.id = execution_labels.execution_id
where /* driver { */ key = 'k' and value = 'v' and facet = '' /* } */
    and (execution_labels.created_at, execution_labels.execution_id) < (@before_created_at, @before_id)
order by execution_labels.created_at desc, execution_labels.execution_id desc
limit @row_max;

-- name: ListLabelWalk :many
-- As ListWalk, through the rows of a label.
select l.created_at, l.execution_id, executions_row.state
from (
    select created_at, execution_id from execution_labels
    where /* driver { */ key = 'k' and value = 'v' and facet = '' /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
    order by created_at desc, execution_id desc
    limit @examine_max) as l
cross join executions as executions_row on executions_row.id = l.execution_id
where /* residual { */ status in ('running') /* } */
limit @row_max;

-- name: FindLabelWalkBoundary :one
-- The last place that ListLabelWalk examined, if it examined the maximum.
select created_at, execution_id
from execution_labels
where /* driver { */ key = 'k' and value = 'v' and facet = '' /* } */ and (created_at, execution_id) < (@before_created_at, @before_id)
order by created_at desc, execution_id desc
limit 1 offset @examine_max - 1;

-- name: ListSorted :many
-- A list in another order than that of creation, through the index of that order. The index also holds status, workflow and namespace
-- (covered), so a row that these turn away costs no visit to the table.
select place, place_id, state
from (
    select place, place_id, number
    from (
        select /* order { */ started_at /* } */ as place, id as place_id, number, status, workflow, namespace
        from executions indexed by /* index { */ executions_by_start /* } */
        where /* driver { */ started_at is not null /* } */ and (/* order { */ started_at /* } */, id) < (@before_created_at, @before_id)
        order by /* order { */ started_at /* } */ desc, id desc
        limit @examine_max)
    where /* covered { */ status in ('running') /* } */) as places
cross join executions as executions_row using (number)
where /* residual { */ late_count > 0 /* } */
limit @row_max;

-- name: FindSortedBoundary :one
-- The last place that ListSorted examined, if it examined the maximum.
select /* order { */ started_at /* } */, id
from executions indexed by /* index { */ executions_by_start /* } */
where /* driver { */ started_at is not null /* } */ and (/* order { */ started_at /* } */, id) < (@before_created_at, @before_id)
order by /* order { */ started_at /* } */ desc, id desc
limit 1 offset @examine_max - 1;

-- name: ListRange :many
-- A range of another index that is known to be small: it is sorted here. The plus signs keep SQLite from the index in the list's order.
select place, id, (select e.state from executions as e where e.number = found.number)
from (
    select /* order { */ created_at /* } */ as place, id, number
    from executions as executions_row indexed by /* index { */ executions_skewed /* } */
    where /* driver { */ started_at - created_at not between -5000000 and 60000000 /* } */
        and (+/* order { */ created_at /* } */, +id) < (@before_created_at, @before_id) and /* residual { */ status in ('running') /* } */
    order by +/* order { */ created_at /* } */ desc, +id desc
    limit @row_max) as found;

-- name: FindWorkflow :one
-- The first workflow in a range, by one index lookup.
select workflow from executions indexed by executions_workflow where workflow >= @first and workflow <= @last order by workflow limit 1;

-- name: ListOldestRunning :many
select created_at, id, number
from executions indexed by executions_status
where status = 'running'
order by created_at, id
limit @row_max;

-- name: ListOldestRunningOfWorkflow :many
select created_at, id, number
from executions indexed by executions_workflow_status
where workflow = @workflow and status = 'running'
  and (@namespaces is null or namespace in (select value from json_each(@namespaces)))
order by created_at, id
limit @row_max;

-- name: ListOldestRunningOfNamespace :many
select created_at, id, number
from executions indexed by executions_namespace_status
where namespace = @namespace and status = 'running'
order by created_at, id
limit @row_max;

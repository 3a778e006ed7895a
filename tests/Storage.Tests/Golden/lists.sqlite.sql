-- The final text of list queries, and which lists run them. Written by the tests (GOLDEN=write).

-- all
select created_at, id, state
from executions indexed by executions_created
where true and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- one status; two statuses; a status, created before; an epoch's status
select created_at, id, state
from executions indexed by executions_status
where status = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- a workflow, two statuses
select created_at, id, state
from executions indexed by executions_workflow_status
where workflow = ? and status = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- a worker, a cause; two workers, a cause
select created_at, id, state
from executions as executions_row indexed by executions_worker
where worker_id = ? and (created_at, id) < (@before_created_at, @before_id) and cause in (?)
order by created_at desc, id desc
limit @row_max;

-- late
select created_at, id, state
from executions indexed by executions_late
where late_count > 0 and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- started after
select place, place_id, state
from (
    select created_at as place, id as place_id, number, started_at
    from executions indexed by executions_created
    where created_at >= ? and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as places
cross join executions as executions_row using (number, started_at)
where started_at >= ?
limit @row_max;

-- started after
select created_at, id
from executions indexed by executions_created
where created_at >= ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit 1 offset @examine_max - 1;

-- a label; a label, two statuses
select execution_labels.created_at, execution_labels.execution_id, e.state
from execution_labels
cross join executions as e on e.id = execution_labels.execution_id
where key = ? and value = ? and facet = ?
    and (execution_labels.created_at, execution_labels.execution_id) < (@before_created_at, @before_id)
order by execution_labels.created_at desc, execution_labels.execution_id desc
limit @row_max;

-- a label, a worker
select created_at, id, state
from executions as executions_row indexed by executions_worker
where worker_id = ? and (created_at, id) < (@before_created_at, @before_id) and exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
order by created_at desc, id desc
limit @row_max;

-- two labels
select l.created_at, l.execution_id, executions_row.state
from (
    select created_at, execution_id from execution_labels
    where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
    order by created_at desc, execution_id desc
    limit @examine_max) as l
cross join executions as executions_row on executions_row.id = l.execution_id
where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = l.created_at and x.execution_id = l.execution_id)
limit @row_max;

-- two labels; an epoch's status
select created_at, execution_id
from execution_labels
where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
order by created_at desc, execution_id desc
limit 1 offset @examine_max - 1;

-- a label, two statuses, a worker
select created_at, id, state
from executions as executions_row indexed by executions_worker_status
where worker_id = ? and status = ? and (created_at, id) < (@before_created_at, @before_id) and exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
order by created_at desc, id desc
limit @row_max;

-- a prefix
select place, id, (select e.state from executions as e where e.number = found.number)
from (
    select created_at as place, id, number
    from executions as executions_row indexed by sqlite_autoindex_executions_1
    where id >= ? and id <= ?
        and (+created_at, +id) < (@before_created_at, @before_id) and true
    order by +created_at desc, +id desc
    limit @row_max) as found;

-- a prefix
select created_at, id, state
from executions indexed by executions_workflow
where workflow = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- sorted by start
select place, place_id, state
from (
    select place, place_id, number
    from (
        select started_at as place, id as place_id, number, status, workflow, namespace
        from executions indexed by executions_by_start
        where started_at is not null and (started_at, id) < (@before_created_at, @before_id)
        order by started_at desc, id desc
        limit @examine_max)
    where true) as places
cross join executions as executions_row using (number)
where true
limit @row_max;

-- sorted by start
select started_at, id
from executions indexed by executions_by_start
where started_at is not null and (started_at, id) < (@before_created_at, @before_id)
order by started_at desc, id desc
limit 1 offset @examine_max - 1;

-- sorted by end, a status, a worker
select place, id, (select e.state from executions as e where e.number = found.number)
from (
    select ended_at as place, id, number
    from executions as executions_row indexed by executions_worker_status
    where worker_id = ? and status = ?
        and (+ended_at, +id) < (@before_created_at, @before_id) and true
    order by +ended_at desc, +id desc
    limit @row_max) as found;

-- sorted by duration, at least so long
select place, place_id, state
from (
    select place, place_id, number
    from (
        select duration as place, id as place_id, number, status, workflow, namespace
        from executions indexed by executions_by_duration
        where duration is not null and duration >= ? and (duration, id) < (@before_created_at, @before_id)
        order by duration desc, id desc
        limit @examine_max)
    where true) as places
cross join executions as executions_row using (number)
where true
limit @row_max;

-- sorted by duration, at least so long
select duration, id
from executions indexed by executions_by_duration
where duration is not null and duration >= ? and (duration, id) < (@before_created_at, @before_id)
order by duration desc, id desc
limit 1 offset @examine_max - 1;

-- an epoch's status
select l.created_at, l.execution_id, executions_row.state
from (
    select created_at, execution_id from execution_labels
    where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
    order by created_at desc, execution_id desc
    limit @examine_max) as l
cross join executions as executions_row on executions_row.id = l.execution_id
where exists (select 1 from (select json_extract(value, '$[0]') as status, json_extract(value, '$[1]') as cause, json_extract(value, '$[2]') as at from json_each(executions_row.epochs)) as was where true and was.status in (?))
limit @row_max;

-- a worker, a cause
select created_at, id, state
from executions as executions_row indexed by executions_cause
where cause = ? and (created_at, id) < (@before_created_at, @before_id) and worker_id in (?)
order by created_at desc, id desc
limit @row_max;

-- two workers, a cause
select created_at, id, state
from executions as executions_row indexed by executions_cause
where cause = ? and (created_at, id) < (@before_created_at, @before_id) and worker_id in (?, ?)
order by created_at desc, id desc
limit @row_max;

-- a label, a worker
select place, place_id, state
from (
    select created_at as place, id as place_id, number
    from executions indexed by executions_worker
    where worker_id = ? and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as places
cross join executions as executions_row using (number)
where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
limit @row_max;

-- a label, a worker
select created_at, id
from executions indexed by executions_worker
where worker_id = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit 1 offset @examine_max - 1;

-- a label, two statuses, a worker
select place, place_id, state
from (
    select created_at as place, id as place_id, number
    from executions indexed by executions_worker_status
    where worker_id = ? and status = ? and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as places
cross join executions as executions_row using (number)
where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
limit @row_max;

-- a label, two statuses, a worker
select created_at, id
from executions indexed by executions_worker_status
where worker_id = ? and status = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit 1 offset @examine_max - 1;

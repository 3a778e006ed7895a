-- The final text of list queries, and which lists run them. Written by the tests (GOLDEN=write).

-- all
select created_at, id, state
from executions
where true and ((created_at | 0), id) < (@before_created_at, @before_id)
order by (created_at | 0) desc, id desc
limit @row_max;

-- one status; a status, created before; an epoch's status
select created_at, id, state
from executions
where status = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- two statuses
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(?::text[]) as d (v0)
    cross join lateral (
        select created_at, id
        from executions
        where status = d.v0 and (created_at, id) < (@before_created_at, @before_id)
        order by created_at desc, id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- a workflow, two statuses
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(?::text[], ?::text[]) as d (v0, v1)
    cross join lateral (
        select created_at, id
        from executions
        where workflow = d.v0 and status = d.v1 and (created_at, id) < (@before_created_at, @before_id)
        order by created_at desc, id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- a worker, a cause
select created_at, id, state
from (
    select *, created_at as place from executions
    where cause = ? and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as executions_row
where worker_id in (?)
order by place desc, id desc
limit @row_max;

-- two workers, a cause
select created_at, id, state
from (
    select *, created_at as place from executions
    where cause = ? and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as executions_row
where worker_id in (?, ?)
order by place desc, id desc
limit @row_max;

-- late
select created_at, id, state
from executions
where late_count > 0 and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- started after
select created_at, id, state
from (
    select *, (created_at | 0) as place from executions
    where (created_at | 0) >= ? and ((created_at | 0), id) < (@before_created_at, @before_id)
    order by (created_at | 0) desc, id desc
    limit @examine_max) as executions_row
where started_at >= ?
order by place desc, id desc
limit @row_max;

-- started after
select created_at, id
from executions
where (created_at | 0) >= ? and ((created_at | 0), id) < (@before_created_at, @before_id)
    and ((created_at | 0), id) >= (@down_created_at, @down_id)
order by (created_at | 0) desc, id desc
limit 1 offset @examine_max - 1;

-- a label
select e.created_at, e.id, e.state
from (
    select created_at, execution_id as id
    from execution_labels
    where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
    order by created_at desc, execution_id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- a label, a worker
select created_at, id, state
from (
    select *, created_at as place from executions
    where worker_id = ? and (created_at, id) < (@before_created_at, @before_id)
    order by created_at desc, id desc
    limit @examine_max) as executions_row
where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
order by place desc, id desc
limit @row_max;

-- two labels
select e.created_at, e.id, e.state
from (
    select l.created_at, l.execution_id as id
    from (
        select created_at, execution_id from execution_labels
        where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
        order by created_at desc, execution_id desc
        limit @examine_max) as l
    where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = l.created_at and x.execution_id = l.execution_id)
    order by l.created_at desc, l.execution_id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- a label, two statuses
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(?::text[], ?::text[], ?::text[]) as d (v0, v1, v2)
    cross join lateral (
        select created_at, execution_id as id
        from execution_labels
        where key = d.v0 and value = d.v1 and facet = d.v2 and (created_at, execution_id) < (@before_created_at, @before_id)
        order by created_at desc, execution_id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- a label, two statuses, a worker
select p.place, p.place_id, executions_row.state
from (
    select s.created_at as place, s.id as place_id
    from unnest(?::text[], ?::text[]) as d (v0, v1)
    cross join lateral (
        select created_at, id
        from executions
        where worker_id = d.v0 and status = d.v1 and (created_at, id) < (@before_created_at, @before_id)
        order by created_at desc, id desc
        limit @place_max) as s
    order by s.created_at desc, s.id desc
    limit @place_max) as p
join executions as executions_row on executions_row.id = p.place_id
where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
order by p.place desc, p.place_id desc
limit @row_max;

-- a label, two statuses, a worker
select e.created_at, e.id, e.state
from (
    select s.created_at, s.id
    from unnest(?::text[], ?::text[]) as d (v0, v1)
    cross join lateral (
        select created_at, id
        from (
            select *, created_at as place from executions
            where worker_id = d.v0 and status = d.v1 and (created_at, id) < (@before_created_at, @before_id)
            order by created_at desc, id desc
            limit @examine_max) as executions_row
        where exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and x.created_at = executions_row.created_at and x.execution_id = executions_row.id)
        order by place desc, id desc
        limit @row_max) as s
    order by s.created_at desc, s.id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- a prefix
select created_at, id, state
from (select * from executions where id >= ? and id <= ? offset 0) as executions_row
where (created_at, id) < (@before_created_at, @before_id) and true
order by created_at desc, id desc
limit @row_max;

-- a prefix
select created_at, id, state
from executions
where workflow = ? and (created_at, id) < (@before_created_at, @before_id)
order by created_at desc, id desc
limit @row_max;

-- sorted by start
select s.place, s.place_id, executions_row.state
from (
    select place, place_id
    from (
        select started_at as place, id as place_id, status, workflow, namespace from executions
        where started_at is not null and (started_at, id) < (@before_created_at, @before_id)
        order by started_at desc, id desc
        limit @examine_max) as walked
    where true) as s
join executions as executions_row on executions_row.id = s.place_id
where true
order by s.place desc, s.place_id desc
limit @row_max;

-- sorted by start
select started_at, id
from executions
where started_at is not null and (started_at, id) < (@before_created_at, @before_id)
    and (started_at, id) >= (@down_created_at, @down_id)
order by started_at desc, id desc
limit 1 offset @examine_max - 1;

-- sorted by end, a status, a worker
select ended_at, id, state
from (select * from executions where worker_id in (?) and status in (?) offset 0) as executions_row
where (ended_at, id) < (@before_created_at, @before_id) and true
order by ended_at desc, id desc
limit @row_max;

-- sorted by duration, at least so long
select s.place, s.place_id, executions_row.state
from (
    select place, place_id
    from (
        select (ended_at - coalesce(started_at, created_at)) as place, id as place_id, status, workflow, namespace from executions
        where (ended_at - coalesce(started_at, created_at)) is not null and (ended_at - coalesce(started_at, created_at)) >= ? and ((ended_at - coalesce(started_at, created_at)), id) < (@before_created_at, @before_id)
        order by (ended_at - coalesce(started_at, created_at)) desc, id desc
        limit @examine_max) as walked
    where true) as s
join executions as executions_row on executions_row.id = s.place_id
where true
order by s.place desc, s.place_id desc
limit @row_max;

-- sorted by duration, at least so long
select (ended_at - coalesce(started_at, created_at)), id
from executions
where (ended_at - coalesce(started_at, created_at)) is not null and (ended_at - coalesce(started_at, created_at)) >= ? and ((ended_at - coalesce(started_at, created_at)), id) < (@before_created_at, @before_id)
    and ((ended_at - coalesce(started_at, created_at)), id) >= (@down_created_at, @down_id)
order by (ended_at - coalesce(started_at, created_at)) desc, id desc
limit 1 offset @examine_max - 1;

-- an epoch's status
select e.created_at, e.id, e.state
from (
    select l.created_at, l.execution_id as id
    from (
        select created_at, execution_id from execution_labels
        where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
        order by created_at desc, execution_id desc
        limit @examine_max) as l
        join executions as executions_row on executions_row.id = l.execution_id
    where exists (select 1 from (select e ->> 0 as status, e ->> 1 as cause, (e ->> 2)::bigint as at from json_array_elements(executions_row.epochs::json) as e) as was where true and was.status in (?))
    order by l.created_at desc, l.execution_id desc
    limit @row_max) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc;

-- an epoch's status; two labels
select created_at, execution_id as id
from execution_labels
where key = ? and value = ? and facet = ? and (created_at, execution_id) < (@before_created_at, @before_id)
    and (created_at, execution_id) >= (@down_created_at, @down_id)
order by created_at desc, execution_id desc
limit 1 offset @examine_max - 1;

-- a label, a worker
select created_at, id
from executions
where worker_id = ? and (created_at, id) < (@before_created_at, @before_id)
    and (created_at, id) >= (@down_created_at, @down_id)
order by created_at desc, id desc
limit 1 offset @examine_max - 1;

-- a label, two statuses, a worker
select s.created_at, s.id
from unnest(?::text[], ?::text[]) as d (v0, v1)
cross join lateral (
    select created_at, id
    from executions
    where worker_id = d.v0 and status = d.v1 and (created_at, id) < (@before_created_at, @before_id)
        and (created_at, id) >= (@down_created_at, @down_id)
    order by created_at desc, id desc
    limit 1 offset @examine_max - 1) as s
order by s.created_at desc, s.id desc
limit 1;

-- closed_at is the tracker's time of the current epoch's end, by which figures count; epochs are the earlier ones that ended (EpochRows), null for nearly all.
alter table executions add column closed_at integer;
alter table executions add column epochs text;
-- In microseconds, from start or creation to end. A generated column would be computed from the row, and no index would hold all that a list asks.
alter table executions add column duration integer;

update executions
set closed_at = coalesce(json_extract(cast(state as text), '$.trackerEndedAt'), ended_at)
where status in ('succeeded', 'failed', 'crashed', 'cancelled', 'killed', 'exception', 'lost');

update executions set duration = ended_at - coalesce(started_at, created_at) where ended_at is not null;

create temp table ended as
select e.number, e.id, e.created_at, e.status, e.workflow, e.namespace, json_extract(p.value, '$.status') as epoch_status,
    json_extract(p.value, '$.cause') as epoch_cause, coalesce(json_extract(p.value, '$.endedAt'), 0) as epoch_at, p.key as place
from executions as e, json_each(cast(e.state as text), '$.epochs') as p
where e.epoch > 1 and json_extract(p.value, '$.status') in ('succeeded', 'failed', 'crashed', 'cancelled', 'killed', 'exception', 'lost');

update executions
set epochs = (
    select json_group_array(json_array(epoch_status, epoch_cause, epoch_at)) from (select * from ended where ended.number = executions.number order by place))
where number in (select number from ended);

-- Executions are found by their parents and by their earlier ended epochs as by labels (LabelRows). Those of before have no such rows yet.
create temp table named as
select number, id, created_at, status, workflow, namespace, '=parent' as key, json_extract(cast(state as text), '$.facts.parentExecutionId') as value
from executions
where json_extract(cast(state as text), '$.facts.parentExecutionId') is not null
union
select e.number, e.id, e.created_at, e.status, e.workflow, e.namespace, k.value, ''
from ended as e, json_each(json_array('=ended', '=ended:' || e.epoch_status, '=ended:cause:' || e.epoch_cause)) as k
where k.value is not null;

create index temp.named_number on named (number);

insert into execution_labels (key, value, facet, created_at, execution_id)
select key, value, '', created_at, id from named
union all
select key, value, label_facet('status', status), created_at, id from named
union all
select key, value, label_facet('workflow', workflow), created_at, id from named
union all
select key, value, label_facet('namespace', namespace), created_at, id from named
where true
on conflict do nothing;

update executions
set labels = (
    select json_group_object(key, value)
    from (
        select key, value from json_each(coalesce(executions.labels, '{}'))
        union
        select named.key, named.value from named where named.number = executions.number
        order by 1))
where number in (select number from named);

drop table temp.ended;
drop table temp.named;

-- Orders of lists beside that of creation, and ranges. Behind the id stands what else such a list mostly asks.
create index executions_by_start on executions (started_at, id, status, workflow, namespace) where started_at is not null;
create index executions_by_end on executions (ended_at, id, status, workflow, namespace) where ended_at is not null;
create index executions_by_duration on executions (duration, id, status, workflow, namespace) where duration is not null;
create index executions_closed on executions (closed_at) where closed_at is not null;

-- Ids of executions that were forgotten, as keyed hashes: they are not given again before their time.
create table tombstones (
    id_hash    blob    not null primary key,
    expires_at integer not null
) without rowid;

create index tombstones_expires on tombstones (expires_at);

create index audit_execution on audit (execution_id, number) where execution_id is not null;

-- closed_at is the tracker's time of the current epoch's end, by which figures count; epochs are the earlier ones that ended (EpochRows), null for nearly all.
-- Silos that know the older columns must not run beside this.
alter table executions add column closed_at bigint, add column epochs text;

-- Of the state only what is needed is read. In its text a quote ends a name only where it is not escaped, so that these cannot be part of another text.
update executions
set closed_at = coalesce(substring(convert_from(state, 'UTF8') from '"trackerEndedAt":([0-9]+)')::bigint, ended_at)
where status in ('succeeded', 'failed', 'crashed', 'cancelled', 'killed', 'exception', 'lost');

create temporary table ended on commit drop as
select e.id, e.created_at, e.status, e.workflow, e.namespace, p.epoch ->> 'status' as epoch_status, p.epoch ->> 'cause' as epoch_cause,
    coalesce((p.epoch ->> 'endedAt')::bigint, 0) as epoch_at, p.place
from executions as e
-- What the engine cannot hold in a text is left out: \u0000, behind an even number of backslashes.
cross join lateral json_array_elements(
    regexp_replace(convert_from(e.state, 'UTF8'), '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::json -> 'epochs') with ordinality as p (epoch, place)
where e.epoch > 1 and p.epoch ->> 'status' in ('succeeded', 'failed', 'crashed', 'cancelled', 'killed', 'exception', 'lost');

update executions as e
set epochs = x.epochs
from (select id, json_agg(json_build_array(epoch_status, epoch_cause, epoch_at) order by place)::text as epochs from ended group by id) as x
where e.id = x.id;

-- Executions are found by their parents and by their earlier ended epochs as by labels (LabelRows). Those of before have no such rows yet.
create temporary table named on commit drop as
select id, created_at, status, workflow, namespace, '=parent' as key, value
from (
    -- Read as JSON: a label may have the same name.
    select id, created_at, status, workflow, namespace,
        regexp_replace(convert_from(state, 'UTF8'), '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::json -> 'facts' ->> 'parentExecutionId' as value
    from executions
    where convert_from(state, 'UTF8') like '%"parentExecutionId":"%') as p
where value is not null
union
select id, created_at, status, workflow, namespace, k.key, ''
from ended
cross join lateral (values ('=ended'), ('=ended:' || epoch_status), ('=ended:cause:' || epoch_cause)) as k (key)
where k.key is not null;

create index on named (id);

analyze named;

insert into execution_labels (key, value, facet, created_at, execution_id)
select n.key, n.value, f.facet, n.created_at, n.id
from named as n
cross join lateral (values (''), (label_facet('status', n.status)), (label_facet('workflow', n.workflow)), (label_facet('namespace', n.namespace))) as f (facet)
on conflict do nothing;

update executions as e
set labels = x.labels
from (
    select n.id, (
        select json_object_agg(l.key, l.value order by l.key)::text
        from (select key, value from json_each_text(o.labels::json) union select m.key, m.value from named as m where m.id = n.id) as l) as labels
    from (select distinct id from named) as n
    join executions as o on o.id = n.id) as x
where e.id = x.id;

-- Orders of lists beside that of creation, and ranges. Behind the id stands what else such a list mostly asks.
create index executions_by_start on executions (started_at, id, status, workflow, namespace) where started_at is not null;
create index executions_by_end on executions (ended_at, id, status, workflow, namespace) where ended_at is not null;
create index executions_by_duration on executions ((ended_at - coalesce(started_at, created_at)), id, status, workflow, namespace)
    where (ended_at - coalesce(started_at, created_at)) is not null;
create index executions_closed on executions (closed_at) where closed_at is not null;

-- Ids of executions that were forgotten, as keyed hashes: they are not given again before their time.
create table tombstones (
    id_hash    bytea  not null primary key,
    expires_at bigint not null
);

create index tombstones_expires on tombstones (expires_at);

create index audit_execution on audit (execution_id, number) where execution_id is not null;

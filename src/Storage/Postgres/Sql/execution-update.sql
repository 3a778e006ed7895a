-- Writes the rows of one day that are as their writers believed: of the right revision, and without any of the ids taken for new; and the
-- history of those, which nearly every append has. Returns the ids that passed. What else the batch writes asks for rows of this transaction
-- (xmin), and so for the same.
-- The rows are given, and so locked, in the order of their ids, and days come in order, so that batches of several writers wait for each other instead of
-- deadlocking. A row that changed while it was waited for is not seen by this statement: it does not pass, as its revision would not.
-- Where a row is looked up, offset 0 (and for update) keep the planner from turning the lookup round: a plan that was made while a table was
-- empty would read all of it, and is kept while the table grows.
-- The sets of ids are asked as hashes (not in, coalesce): as a join they would be compared pair by pair, which is all that a writer may do.
-- Which columns have changed is not asked: where no indexed value differs, the engine writes no index (a HOT update) by itself.
with clashing as (
    select n.execution_id
    from unnest($1::text[], $2::text[]) as n (execution_id, event_id)
    where exists (
        select from history_{day} as h
        where h.execution_id = n.execution_id and h.event_id = n.event_id and h.takes_event_id and h.day = {number} offset 0)
    union all
    select n.execution_id
    from unnest($3::text[], $4::int[], $5::text[]) as n (execution_id, epoch, step_id)
    where exists (
        select from steps_{day} as s
        where s.execution_id = n.execution_id and s.epoch = n.epoch and s.step_id = n.step_id and s.day = {number} offset 0)
    union all
    select n.execution_id
    from unnest($6::text[], $7::text[], $8::text[]) as n (execution_id, code, event_id)
    where exists (
        select from rejections_{day} as r
        where r.execution_id = n.execution_id and r.code = n.code and r.event_id = n.event_id and r.day = {number} offset 0)),
locked as materialized (
    select x.*, e.place, e.created_at, e.before
    from unnest(
        $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::int[],
        $17::bigint[], $18::bigint[], $19::bigint[], $20::text[], $21::text[], $22::text[], $23::bigint[], $24::text[],
        $25::bytea[])
    as x (
        id, base_revision, namespace, workflow, status, cause, revision, epoch, due_at, started_at, ended_at, worker_id,
        triggered_by, resolution, late_count, labels, state)
    cross join lateral (
        select r.ctid as place, r.created_at, r.labels as before from executions as r where r.id = x.id for no key update) as e),
updated as (
    update executions as e
    set namespace = x.namespace, workflow = x.workflow, status = x.status, cause = x.cause, revision = x.revision,
        epoch = x.epoch, due_at = x.due_at, started_at = x.started_at, ended_at = x.ended_at, worker_id = x.worker_id,
        triggered_by = x.triggered_by, resolution = x.resolution, late_count = x.late_count, labels = x.labels,
        state = x.state
    from locked as x
    where e.ctid = x.place and e.revision = x.base_revision and e.id not in (select execution_id from clashing)
    returning e.id, x.created_at, x.before, e.labels as after),
lines as (
    insert into history_{day} (
        day, execution_id, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
    select {number}, x.*
    from unnest(
        $26::text[], $27::bigint[], $28::bigint[], $29::bigint[], $30::int[], $31::text[], $32::text[], $33::text[],
        $34::text[], $35::bytea[], $36::boolean[], $37::bytea[], $38::bigint[])
    as x (
        execution_id, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
    where coalesce(x.execution_id in (select id from updated), false)),
unlabelled as (
    delete from execution_labels as l
    using updated as u
    cross join lateral json_each_text(u.before::json) as b (key, value)
    cross join lateral (
        select o.ctid as place from execution_labels as o
        where o.key = b.key and o.value = b.value and o.created_at = u.created_at and o.execution_id = u.id
        offset 0) as gone
    where u.before is distinct from u.after
      and (u.after is null or not exists (select from json_each_text(u.after::json) as a where a.key = b.key and a.value = b.value))
      and l.ctid = gone.place),
labelled as (
    insert into execution_labels (key, value, created_at, execution_id)
    select a.key, a.value, u.created_at, u.id
    from updated as u cross join lateral json_each_text(u.after::json) as a (key, value)
    where u.before is distinct from u.after
    on conflict do nothing)
select id from updated;

-- Writes the rows of one day that are as their writers believed: of the right revision, and without any of the ids taken for new; and the
-- history of those, which nearly every append has. Returns the ids that passed. What else the batch writes asks for rows of this transaction
-- (xmin), and so for the same.
-- The rows are locked in the order of their ids, and days come in order, so that batches of several writers wait for each other instead of
-- deadlocking. A row that changed while it was waited for is not seen by this statement: it does not pass, as its revision would not.
-- Which columns have changed is not asked: where no indexed value differs, the engine writes no index (a HOT update) by itself.
with clashing as (
    select n.execution_id
    from unnest($1::text[], $2::text[]) as n (execution_id, event_id)
    join history_{day} as h on h.execution_id = n.execution_id and h.event_id = n.event_id and h.takes_event_id and h.day = {number}
    union all
    select n.execution_id
    from unnest($3::text[], $4::int[], $5::text[]) as n (execution_id, epoch, step_id)
    join steps_{day} as s on s.execution_id = n.execution_id and s.epoch = n.epoch and s.step_id = n.step_id and s.day = {number}
    union all
    select n.execution_id
    from unnest($6::text[], $7::text[], $8::text[]) as n (execution_id, code, event_id)
    join rejections_{day} as r on r.execution_id = n.execution_id and r.code = n.code and r.event_id = n.event_id and r.day = {number}),
locked as materialized (
    select x.*, e.ctid as place, e.created_at, e.labels as before
    from unnest(
        $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::int[],
        $17::bigint[], $18::bigint[], $19::bigint[], $20::text[], $21::text[], $22::text[], $23::bigint[], $24::text[],
        $25::bytea[])
    as x (
        id, base_revision, namespace, workflow, status, cause, revision, epoch, due_at, started_at, ended_at, worker_id,
        triggered_by, resolution, late_count, labels, state)
    join executions as e on e.id = x.id
    order by x.id
    for no key update of e),
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
    where x.execution_id in (select id from updated)),
unlabelled as (
    delete from execution_labels as l
    using updated as u cross join lateral json_each_text(u.before::json) as b (key, value)
    where u.before is distinct from u.after
      and (u.after is null or not exists (select from json_each_text(u.after::json) as a where a.key = b.key and a.value = b.value))
      and l.key = b.key and l.value = b.value and l.created_at = u.created_at and l.execution_id = u.id),
labelled as (
    insert into execution_labels (key, value, created_at, execution_id)
    select a.key, a.value, u.created_at, u.id
    from updated as u cross join lateral json_each_text(u.after::json) as a (key, value)
    where u.before is distinct from u.after
    on conflict do nothing)
select id from updated;

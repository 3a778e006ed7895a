-- Writes the rows of one day that are as their writers believed: of the right revision, and without any of the ids that were given as taken for
-- new (mostly none are: that those which are written here are new is the unique indexes' word, and where it is not so nothing is written at all);
-- and the history and steps of those, which nearly every append has. Returns the ids that passed. What else the batch writes asks for rows of this
-- transaction (xmin), and so for the same.
-- The rows are given, and so updated, in the order of their ids, and days come in order, so that batches of several writers wait for each other
-- instead of deadlocking. Of a row that changed while it was waited for, the revision is asked again: it does not pass.
-- What belongs to a row names it by its place among them (n); known has the numbers by it.
-- Arrays are unnested side by side in a select list: in a from clause each would be copied first.
-- Where a row is looked up, offset 0 keeps the planner from turning the lookup round: a plan that was made while a table was
-- empty would read all of it, and is kept while the table grows.
-- Rows are found by the hash of all that names them, or by the sequence: (execution | 0) is no way into an index, so that on an empty table the
-- planner cannot mistake one index for the other, and read all of an execution for each of its events.
-- The sets of ids are asked as hashes (not in, coalesce): as a join they would be compared pair by pair, which is all that a writer may do.
-- What is between braces is left out of a commit that has nothing for it (CommitStatements): of these hundred plan nodes they are half, made ready and put away again for each.
-- Which columns have changed is not asked: where no indexed value differs, the engine writes no index (a HOT update) by itself.
with given as materialized (
    select x.*, e.place, coalesce(e.number, 0) as number, e.created_at, e.before, e.status_before, e.workflow_before
    from (
        select generate_subscripts($1::text[], 1) as n, unnest($1::text[]) as id, unnest($2::bigint[]) as base_revision,
            unnest($3::text[]) as namespace, unnest($4::text[]) as workflow, unnest($5::text[]) as status, unnest($6::text[]) as cause,
            unnest($7::bigint[]) as revision, unnest($8::int[]) as epoch, unnest($9::bigint[]) as due_at, unnest($10::bigint[]) as started_at,
            unnest($11::bigint[]) as ended_at, unnest($12::text[]) as worker_id, unnest($13::text[]) as triggered_by,
            unnest($14::text[]) as resolution, unnest($15::bigint[]) as late_count, unnest($16::text[]) as labels, unnest($17::bytea[]) as state) as x
    left join lateral (
        select r.ctid as place, r.number, r.created_at, r.labels as before, r.status as status_before, r.workflow as workflow_before
        from executions as r where r.id = x.id and r.revision = x.base_revision offset 0) as e on true),
known as materialized (
    select array_agg(number order by n) as numbers from given),
-- asked {
clashing as (
    select x.n
    from (select unnest($69::int[]) as n, unnest($70::text[]) as event_id) as x
    where exists (
        select from history_{day} as h
        where ((h.execution << 24) | (hashtextextended(h.event_id, 0) & 16777215)) = (((select numbers from known)[x.n] << 24) | (hashtextextended(x.event_id, 0) & 16777215))
          and (h.execution | 0) = (select numbers from known)[x.n]
          and h.event_id = x.event_id and h.takes_event_id offset 0)
    union all
    select x.n
    from (select unnest($71::int[]) as n, unnest($72::int[]) as epoch, unnest($73::text[]) as step_id) as x
    where exists (
        select from steps_{day} as s
        where ((s.execution << 24) | (hashtextextended(s.step_id, s.epoch) & 16777215)) = (((select numbers from known)[x.n] << 24) | (hashtextextended(x.step_id, x.epoch) & 16777215))
          and (s.execution | 0) = (select numbers from known)[x.n]
          and s.epoch = x.epoch and s.step_id = x.step_id offset 0)
    union all
    select x.n
    from (select unnest($74::int[]) as n, unnest($75::text[]) as code, unnest($76::text[]) as event_id) as x
    where exists (
        select from rejections_{day} as r
        where r.execution_id = ($1::text[])[x.n] and r.code = x.code and r.event_id = x.event_id offset 0)),
-- }
updated as (
    update executions as e
    set namespace = x.namespace, workflow = x.workflow, status = x.status, cause = x.cause, revision = x.revision,
        epoch = x.epoch, due_at = x.due_at, started_at = x.started_at, ended_at = x.ended_at, worker_id = x.worker_id,
        triggered_by = x.triggered_by, resolution = x.resolution, late_count = x.late_count, labels = x.labels,
        state = x.state
    from given as x
    where e.ctid = x.place and e.revision = x.base_revision
    -- asked {
        and x.n not in (select n from clashing)
    -- }
    returning x.n, e.id, x.created_at, x.before, x.status_before, x.workflow_before, e.labels as after, e.status, e.workflow, e.namespace),
lines as (
    insert into history_{day} (
        day, execution, sequence, at, tracker_at, epoch, type, event_id, result, code, hash, takes_event_id, facts, commit_id)
    select {number}, (select numbers from known)[x.n], x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.result, x.code, x.hash,
        x.takes_event_id, x.facts, x.commit_id
    from (
        select unnest($18::int[]) as n, unnest($19::bigint[]) as sequence, unnest($20::bigint[]) as at, unnest($21::bigint[]) as tracker_at,
            unnest($22::int[]) as epoch, unnest($23::text[]) as type, unnest($24::text[]) as event_id, unnest($25::text[]) as result,
            unnest($26::text[]) as code, unnest($27::bytea[]) as hash, unnest($28::boolean[]) as takes_event_id, unnest($29::bytea[]) as facts,
            unnest($30::bigint[]) as commit_id) as x
    where coalesce(x.n in (select n from updated), false)),
begun as (
    insert into steps_{day} (
        day, execution, epoch, step_id, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
        tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
    select {number}, (select numbers from known)[x.n], x.epoch, x.step_id, x.sequence, x.status, x.block, x.block_type, x.parent_step_id,
        x.started_at, x.ended_at, x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input,
        x.output
    from (
        select unnest($31::int[]) as n, unnest($32::int[]) as epoch, unnest($33::text[]) as step_id, unnest($34::int[]) as sequence,
            unnest($35::text[]) as status, unnest($36::text[]) as block, unnest($37::text[]) as block_type, unnest($38::text[]) as parent_step_id,
            unnest($39::bigint[]) as started_at, unnest($40::bigint[]) as ended_at, unnest($41::bigint[]) as tracker_started_at,
            unnest($42::bigint[]) as tracker_ended_at, unnest($43::text[]) as cost, unnest($44::bigint[]) as memory_bytes,
            unnest($45::bytea[]) as start_hash, unnest($46::bytea[]) as end_hash, unnest($47::bytea[]) as error, unnest($48::bytea[]) as input,
            unnest($49::bytea[]) as output) as x
    where coalesce(x.n in (select n from updated), false)),
changed as (
    update steps_{day} as s
    set status = x.status, block = x.block, block_type = x.block_type, parent_step_id = x.parent_step_id, started_at = x.started_at,
        ended_at = x.ended_at, tracker_started_at = x.tracker_started_at, tracker_ended_at = x.tracker_ended_at, cost = x.cost,
        memory_bytes = x.memory_bytes, start_hash = x.start_hash, end_hash = x.end_hash, error = x.error, input = x.input, output = x.output
    from (
        select unnest($50::int[]) as n, unnest($51::int[]) as epoch, unnest($52::text[]) as step_id, unnest($53::int[]) as sequence,
            unnest($54::text[]) as status, unnest($55::text[]) as block, unnest($56::text[]) as block_type, unnest($57::text[]) as parent_step_id,
            unnest($58::bigint[]) as started_at, unnest($59::bigint[]) as ended_at, unnest($60::bigint[]) as tracker_started_at,
            unnest($61::bigint[]) as tracker_ended_at, unnest($62::text[]) as cost, unnest($63::bigint[]) as memory_bytes,
            unnest($64::bytea[]) as start_hash, unnest($65::bytea[]) as end_hash, unnest($66::bytea[]) as error, unnest($67::bytea[]) as input,
            unnest($68::bytea[]) as output) as x
    cross join lateral (
        select o.ctid as place from steps_{day} as o
        where o.execution = (select numbers from known)[x.n] and o.sequence = x.sequence
        offset 0) as o
    where s.ctid = o.place and coalesce(x.n in (select n from updated), false))
-- relabelled {
-- A label has a row for itself, and one each with the execution's status, workflow and namespace.
, relabelled as (
    select u.id, u.created_at, l.key, l.value, l.facet, bool_or(l.kept) as kept, bool_or(not l.kept) as had
    from updated as u
    cross join lateral (
        select b.key, b.value, f.facet, false as kept
        from json_each_text(u.before::json) as b (key, value)
        cross join (values (''), ('status=' || u.status_before), ('workflow=' || u.workflow_before), ('namespace=' || u.namespace)) as f (facet)
        union all
        select a.key, a.value, f.facet, true
        from json_each_text(u.after::json) as a (key, value)
        cross join (values (''), ('status=' || u.status), ('workflow=' || u.workflow), ('namespace=' || u.namespace)) as f (facet)) as l
    where (u.before, u.status_before, u.workflow_before) is distinct from (u.after, u.status, u.workflow)
    group by 1, 2, 3, 4, 5
    having bool_or(l.kept) <> bool_or(not l.kept)),
unlabelled as (
    delete from execution_labels as l
    using relabelled as r
    cross join lateral (
        select o.ctid as place from execution_labels as o
        where o.key = r.key and o.value = r.value and o.facet = r.facet and o.created_at = r.created_at and o.execution_id = r.id
        offset 0) as gone
    where r.had and l.ctid = gone.place),
labelled as (
    insert into execution_labels (key, value, facet, created_at, execution_id)
    select key, value, facet, created_at, id from relabelled where kept
    on conflict do nothing)
-- }
select id from updated;

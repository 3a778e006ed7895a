-- Writes the rows of one day that are as their writers believed: of the right revision, and without any of the ids that were given as taken for
-- new (mostly none are: that those which are written here are new is the unique indexes' word, and where it is not so nothing is written at all);
-- and the history and steps of those, which nearly every append has. Returns the ids that passed. What else the batch writes asks for rows of this
-- transaction (xmin), and so for the same.
-- The rows are given, and so updated, in the order of their ids, and days come in order, so that batches of several writers wait for each other
-- instead of deadlocking. Of a row that changed while it was waited for, the revision is asked again: it does not pass.
-- What belongs to a row names it by its place among them (n); known has by it the numbers, and what was the newest line and step.
-- Arrays are unnested side by side in a select list: in a from clause each would be copied first.
-- Where a row is looked up, offset 0 keeps the planner from turning the lookup round: a plan that was made while a table was
-- empty would read all of it, and is kept while the table grows.
-- The sets of ids are asked as hashes (not in, coalesce): as a join they would be compared pair by pair, which is all that a writer may do.
-- What is between braces is left out of a commit that has nothing for it (CommitStatements): of a hundred plan nodes they are half, made ready and put
-- away again each time.
-- Which columns have changed is not asked: where no indexed value differs, the engine writes no index (a HOT update) by itself.
with given as materialized (
    select x.*, e.place, coalesce(e.number, 0) as number, e.created_at, e.before, e.status_before, e.workflow_before,
        e.line_before, e.line_tag_before, e.step_before, e.step_tag_before
    from (
        select generate_subscripts($1::text[], 1) as n, unnest($1::text[]) as id, unnest($2::bigint[]) as base_revision,
            unnest($3::text[]) as namespace, unnest($4::text[]) as workflow, unnest($5::text[]) as status, unnest($6::text[]) as cause,
            unnest($7::bigint[]) as revision, unnest($8::int[]) as epoch, unnest($9::bigint[]) as due_at, unnest($10::bigint[]) as started_at,
            unnest($11::bigint[]) as ended_at, unnest($12::text[]) as worker_id, unnest($13::text[]) as triggered_by,
            unnest($14::text[]) as resolution, unnest($15::bigint[]) as late_count, unnest($16::text[]) as labels, unnest($17::bytea[]) as state,
            unnest($18::bigint[]) as history_sequence, unnest($19::int[]) as history_tag, unnest($20::int[]) as step_sequence, unnest($21::int[]) as step_tag,
            unnest($22::bigint[]) as history_from, unnest($23::int[]) as step_from) as x
    left join lateral (
        select r.ctid as place, r.number, r.created_at, r.labels as before, r.status as status_before, r.workflow as workflow_before,
            r.history_sequence as line_before, r.history_tag as line_tag_before, r.step_sequence as step_before, r.step_tag as step_tag_before
        from executions as r where r.id = x.id and r.revision = x.base_revision offset 0) as e on true),
known as materialized (
    select array_agg(number order by n) as numbers,
        array_agg(line_before order by n) as lines, array_agg(line_tag_before order by n) as line_tags,
        array_agg(step_before order by n) as steps, array_agg(step_tag_before order by n) as step_tags
    from given),
-- asked {
clashing as (
    select x.n
    from (select unnest($78::int[]) as n, unnest($79::text[]) as event_id, unnest($80::int[]) as tag) as x
    where exists (
        select from history_{day} as h
        where ((h.execution << 24) | h.tag) = (((select numbers from known)[x.n] << 24) | x.tag) and h.event_id = x.event_id
          and h.tag is not null offset 0)
    union all
    select x.n
    from (select unnest($81::int[]) as n, unnest($82::int[]) as epoch, unnest($83::text[]) as step_id, unnest($84::int[]) as tag) as x
    where exists (
        select from steps_{day} as s
        where ((s.execution << 24) | s.tag) = (((select numbers from known)[x.n] << 24) | x.tag) and s.step_id = x.step_id and s.epoch = x.epoch offset 0)
    union all
    select x.n
    from (select unnest($85::int[]) as n, unnest($86::text[]) as code, unnest($87::text[]) as event_id) as x
    where exists (
        select from rejections_{day} as r
        where r.execution_id = ($1::text[])[x.n] and r.code = x.code and r.event_id = x.event_id offset 0)),
-- }
updated as (
    update executions as e
    set namespace = x.namespace, workflow = x.workflow, status = x.status, cause = x.cause, revision = x.revision,
        epoch = x.epoch, due_at = x.due_at, started_at = x.started_at, ended_at = x.ended_at, worker_id = x.worker_id,
        triggered_by = x.triggered_by, resolution = x.resolution, late_count = x.late_count, labels = x.labels,
        state = x.state,
        history_sequence = coalesce(x.history_sequence, e.history_sequence),
        history_tag = case when x.history_sequence is null then e.history_tag else x.history_tag end,
        step_sequence = coalesce(x.step_sequence, e.step_sequence), step_tag = coalesce(x.step_tag, e.step_tag)
    from given as x
    where e.ctid = x.place and e.revision = x.base_revision
        and coalesce(x.history_from = x.line_before + 1, true) and coalesce(x.step_from = x.step_before + 1, true)
    -- asked {
        and x.n not in (select n from clashing)
    -- }
    returning x.n, e.id, x.created_at, x.before, x.status_before, x.workflow_before, e.labels as after, e.status, e.workflow, e.namespace),
lines as (
    insert into history_{day} (
        day, execution, sequence, at, tracker_at, epoch, type, event_id, tag, previous, result, code, hash, facts, commit_id)
    select {number}, (select numbers from known)[x.n], x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.tag,
        case x.sequence when (select lines from known)[x.n] + 1 then (select line_tags from known)[x.n] else x.previous end,
        x.result, x.code, x.hash, x.facts, x.commit_id
    from (
        select unnest($24::int[]) as n, unnest($25::bigint[]) as sequence, unnest($26::bigint[]) as at, unnest($27::bigint[]) as tracker_at,
            unnest($28::int[]) as epoch, unnest($29::text[]) as type, unnest($30::text[]) as event_id,
            unnest($31::int[]) as tag, unnest($32::int[]) as previous, unnest($33::text[]) as result,
            unnest($34::text[]) as code, unnest($35::bytea[]) as hash, unnest($36::bytea[]) as facts,
            unnest($37::bigint[]) as commit_id) as x
    where coalesce(x.n in (select n from updated), false)),
begun as (
    insert into steps_{day} (
        day, execution, epoch, step_id, tag, previous, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
        tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
    select {number}, (select numbers from known)[x.n], x.epoch, x.step_id, x.tag,
        case x.sequence when (select steps from known)[x.n] + 1 then (select step_tags from known)[x.n] else x.previous end,
        x.sequence, x.status, x.block, x.block_type, x.parent_step_id,
        x.started_at, x.ended_at, x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input,
        x.output
    from (
        select unnest($38::int[]) as n, unnest($39::int[]) as epoch, unnest($40::text[]) as step_id, unnest($41::int[]) as tag,
            unnest($42::int[]) as previous, unnest($43::int[]) as sequence,
            unnest($44::text[]) as status, unnest($45::text[]) as block, unnest($46::text[]) as block_type, unnest($47::text[]) as parent_step_id,
            unnest($48::bigint[]) as started_at, unnest($49::bigint[]) as ended_at, unnest($50::bigint[]) as tracker_started_at,
            unnest($51::bigint[]) as tracker_ended_at, unnest($52::text[]) as cost, unnest($53::bigint[]) as memory_bytes,
            unnest($54::bytea[]) as start_hash, unnest($55::bytea[]) as end_hash, unnest($56::bytea[]) as error, unnest($57::bytea[]) as input,
            unnest($58::bytea[]) as output) as x
    where coalesce(x.n in (select n from updated), false)),
changed as (
    update steps_{day} as s
    set status = x.status, block = x.block, block_type = x.block_type, parent_step_id = x.parent_step_id, started_at = x.started_at,
        ended_at = x.ended_at, tracker_started_at = x.tracker_started_at, tracker_ended_at = x.tracker_ended_at, cost = x.cost,
        memory_bytes = x.memory_bytes, start_hash = x.start_hash, end_hash = x.end_hash, error = x.error, input = x.input, output = x.output
    from (
        select unnest($59::int[]) as n, unnest($60::int[]) as epoch, unnest($61::text[]) as step_id, unnest($62::int[]) as tag,
            unnest($63::text[]) as status, unnest($64::text[]) as block, unnest($65::text[]) as block_type, unnest($66::text[]) as parent_step_id,
            unnest($67::bigint[]) as started_at, unnest($68::bigint[]) as ended_at, unnest($69::bigint[]) as tracker_started_at,
            unnest($70::bigint[]) as tracker_ended_at, unnest($71::text[]) as cost, unnest($72::bigint[]) as memory_bytes,
            unnest($73::bytea[]) as start_hash, unnest($74::bytea[]) as end_hash, unnest($75::bytea[]) as error, unnest($76::bytea[]) as input,
            unnest($77::bytea[]) as output) as x
    cross join lateral (
        select o.ctid as place from steps_{day} as o
        where ((o.execution << 24) | o.tag) = (((select numbers from known)[x.n] << 24) | x.tag) and o.step_id = x.step_id and o.epoch = x.epoch
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
        cross join (
            values (''), (label_facet('status', u.status_before)), (label_facet('workflow', u.workflow_before)), (label_facet('namespace', u.namespace))) as f (facet)
        union all
        select a.key, a.value, f.facet, true
        from json_each_text(u.after::json) as a (key, value)
        cross join (values (''), (label_facet('status', u.status)), (label_facet('workflow', u.workflow)), (label_facet('namespace', u.namespace))) as f (facet)) as l
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

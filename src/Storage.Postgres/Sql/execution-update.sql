-- Writes the rows of one day that are as their writers believed: of the right revision, and without any of the ids that were given as taken for
-- new (mostly none are: that those which are written here are new is the unique indexes' word, and where it is not so nothing is written at all);
-- and the history and steps of those, which nearly every append has. Returns how many passed, and the ids of those that did not. What else the
-- batch writes asks for rows of this transaction (xmin), and so for the same.
-- The rows are given, and so updated, in the order of their ids, and days come in order, so that batches of several writers wait for each other
-- instead of deadlocking. Of a row that changed while it was waited for, the revision is asked again: it does not pass.
-- What belongs to a row names it by its place among those given (n). known has the ns of those that passed, in order, and by their place there the numbers
-- and the tags of what was the newest line and step; previous -1 stands for these. So what belongs to a row finds it by halving (width_bucket), and whether it passed.
-- Arrays are unnested side by side in a select list: in a from clause each would be copied first.
-- A plan that was made while a table was empty is kept while it grows: nothing may make the planner read all of it, and look up there what was given. Where
-- a row is looked up, offset 0 is what keeps it from that. What is updated asks for a range of one key (between): unlike an equality, which a merge could be made
-- of, it gives no index a use but to be asked for what was given. Each then meets its row once, and not once more by its place.
-- The sets of ids are asked as hashes (not in): as a join they would be compared pair by pair, which is all that a writer may do.
-- What is between braces is left out of a commit that has nothing for it (CommitBatch): of a hundred plan nodes and parameters they are half, made ready
-- and put away again each time.
-- Which columns have changed is not asked: where no indexed value differs, the engine writes no index (a HOT update) by itself.
with
-- asked {
clashing as (
    select x.n
    from (select unnest($66::int[]) as n, unnest($67::text[]) as event_id, unnest($68::int[]) as tag) as x
    cross join lateral (select r.number from executions as r where r.id = ($1::text[])[x.n] offset 0) as e
    where exists (
        select from history_{day} as h
        where ((h.execution << 24) | h.tag) = ((e.number << 24) | x.tag) and h.event_id = x.event_id and h.tag is not null offset 0)
    union all
    select x.n
    from (select unnest($69::int[]) as n, unnest($70::int[]) as epoch, unnest($71::text[]) as step_id, unnest($72::int[]) as tag) as x
    cross join lateral (select r.number from executions as r where r.id = ($1::text[])[x.n] offset 0) as e
    where exists (
        select from steps_{day} as s
        where ((s.execution << 24) | s.tag) = ((e.number << 24) | x.tag) and s.step_id = x.step_id and s.epoch = x.epoch offset 0)
    union all
    select x.n
    from (select unnest($73::int[]) as n, unnest($74::text[]) as code, unnest($75::int[]) as epoch, unnest($76::text[]) as event_id) as x
    where exists (
        select from rejections_{day} as r
        where r.execution_id = ($1::text[])[x.n] and r.code = x.code and r.epoch = x.epoch and r.event_id = x.event_id offset 0)),
-- }
updated as (
    update executions as e
    set revision = x.revision, due_at = x.due_at, state = x.state,
        history_sequence = coalesce(x.history_sequence, e.history_sequence),
        history_tag = case when x.history_sequence is null then e.history_tag else x.history_tag end,
        step_sequence = coalesce(x.step_sequence, e.step_sequence), step_tag = coalesce(x.step_tag, e.step_tag),
        history_tag_before = e.history_tag, step_tag_before = e.step_tag
    -- relisted {
        , namespace = x.namespace, workflow = x.workflow, status = x.status, cause = x.cause, epoch = x.epoch, started_at = x.started_at,
        ended_at = x.ended_at, worker_id = x.worker_id, triggered_by = x.triggered_by, resolution = x.resolution, late_count = x.late_count,
        labels = x.labels, closed_at = x.closed_at, epochs = x.epochs
    -- }
    from (
        select generate_subscripts($1::text[], 1) as n, unnest($1::text[]) as id, unnest($2::bigint[]) as base_revision,
            unnest($3::bigint[]) as revision, unnest($4::bigint[]) as due_at, unnest($5::bytea[]) as state,
            unnest($6::bigint[]) as history_sequence, unnest($7::int[]) as history_tag, unnest($8::int[]) as step_sequence,
            unnest($9::int[]) as step_tag, unnest($10::bigint[]) as history_from, unnest($11::int[]) as step_from
        -- relisted {
            , unnest($77::text[]) as namespace, unnest($78::text[]) as workflow, unnest($79::text[]) as status, unnest($80::text[]) as cause,
            unnest($81::int[]) as epoch, unnest($82::bigint[]) as started_at, unnest($83::bigint[]) as ended_at, unnest($84::text[]) as worker_id,
            unnest($85::text[]) as triggered_by, unnest($86::text[]) as resolution, unnest($87::bigint[]) as late_count,
            unnest($88::text[]) as labels, unnest($89::bigint[]) as closed_at, unnest($90::text[]) as epochs
        -- }
        ) as x
    -- relabelled {
    cross join lateral (select r.labels, r.status, r.workflow from executions as r where r.id = x.id offset 0) as before
    -- }
    where e.id between x.id and x.id and e.revision = x.base_revision
        and coalesce(x.history_from = e.history_sequence + 1, true) and coalesce(x.step_from = e.step_sequence + 1, true)
    -- asked {
        and x.n not in (select n from clashing)
    -- }
    returning x.n, e.number, e.history_tag_before as history_tag, e.step_tag_before as step_tag
    -- relabelled {
        , e.id, e.created_at, before.labels as before, before.status as status_before, before.workflow as workflow_before, e.labels as after,
        e.status, e.workflow, e.namespace
    -- }
    ),
known as materialized (
    select array_agg(n) as ns, array_agg(number) as numbers, array_agg(history_tag) as history_tags, array_agg(step_tag) as step_tags
    -- They come in order; were it not so under some plan, halving would miss some without a word.
    from (select n, number, history_tag, step_tag from updated order by n) as passed),
lines as (
    insert into history_{day} (
        day, execution, sequence, at, tracker_at, epoch, type, event_id, tag, previous, result, code, hash, facts, commit_id)
    select {number}, (select numbers from known)[x.place], x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.tag,
        case x.previous when -1 then (select history_tags from known)[x.place] else x.previous end,
        x.result, x.code, x.hash, x.facts, x.commit_id
    from (
        select width_bucket(x.n, (select ns from known)) as place, x.*
        from (
            select unnest($12::int[]) as n, unnest($13::bigint[]) as sequence, unnest($14::bigint[]) as at, unnest($15::bigint[]) as tracker_at,
                unnest($16::int[]) as epoch, unnest($17::text[]) as type, unnest($18::text[]) as event_id, unnest($19::int[]) as tag,
                unnest($20::int[]) as previous, unnest($21::text[]) as result, unnest($22::text[]) as code, unnest($23::bytea[]) as hash,
                unnest($24::bytea[]) as facts, unnest($25::bigint[]) as commit_id) as x
        offset 0) as x
    where (select ns from known)[x.place] = x.n),
begun as (
    insert into steps_{day} (
        day, execution, epoch, step_id, tag, previous, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
        tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
    select {number}, (select numbers from known)[x.place], x.epoch, x.step_id, x.tag,
        case x.previous when -1 then (select step_tags from known)[x.place] else x.previous end,
        x.sequence, x.status, x.block, x.block_type, x.parent_step_id,
        x.started_at, x.ended_at, x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input,
        x.output
    from (
        select width_bucket(x.n, (select ns from known)) as place, x.*
        from (
            select unnest($26::int[]) as n, unnest($27::int[]) as epoch, unnest($28::text[]) as step_id, unnest($29::int[]) as tag,
                unnest($30::int[]) as previous, unnest($31::int[]) as sequence, unnest($32::text[]) as status, unnest($33::text[]) as block,
                unnest($34::text[]) as block_type, unnest($35::text[]) as parent_step_id, unnest($36::bigint[]) as started_at,
                unnest($37::bigint[]) as ended_at, unnest($38::bigint[]) as tracker_started_at, unnest($39::bigint[]) as tracker_ended_at,
                unnest($40::text[]) as cost, unnest($41::bigint[]) as memory_bytes, unnest($42::bytea[]) as start_hash,
                unnest($43::bytea[]) as end_hash, unnest($44::bytea[]) as error, unnest($45::bytea[]) as input, unnest($46::bytea[]) as output) as x
        offset 0) as x
    where (select ns from known)[x.place] = x.n),
changed as (
    update steps_{day} as s
    set status = x.status, block = x.block, block_type = x.block_type, parent_step_id = x.parent_step_id, started_at = x.started_at,
        ended_at = x.ended_at, tracker_started_at = x.tracker_started_at, tracker_ended_at = x.tracker_ended_at, cost = x.cost,
        memory_bytes = x.memory_bytes, start_hash = x.start_hash, end_hash = x.end_hash, error = x.error, input = x.input, output = x.output
    from (
        select width_bucket(x.n, (select ns from known)) as place, x.*
        from (
            select unnest($47::int[]) as n, unnest($48::int[]) as epoch, unnest($49::text[]) as step_id, unnest($50::int[]) as tag,
                unnest($51::text[]) as status, unnest($52::text[]) as block, unnest($53::text[]) as block_type, unnest($54::text[]) as parent_step_id,
                unnest($55::bigint[]) as started_at, unnest($56::bigint[]) as ended_at, unnest($57::bigint[]) as tracker_started_at,
                unnest($58::bigint[]) as tracker_ended_at, unnest($59::text[]) as cost, unnest($60::bigint[]) as memory_bytes,
                unnest($61::bytea[]) as start_hash, unnest($62::bytea[]) as end_hash, unnest($63::bytea[]) as error, unnest($64::bytea[]) as input,
                unnest($65::bytea[]) as output) as x
        offset 0) as x
    where (select ns from known)[x.place] = x.n
        and ((s.execution << 24) | s.tag) between (((select numbers from known)[x.place] << 24) | x.tag) and (((select numbers from known)[x.place] << 24) | x.tag)
        and s.step_id = x.step_id and s.epoch = x.epoch)
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
select
    coalesce((select cardinality(ns) from known), 0) as passed,
    case when (select cardinality(ns) from known) = cardinality($1::text[]) then '{}'
        else array(select x.id from (select generate_subscripts($1::text[], 1) as n, unnest($1::text[]) as id) as x where x.n not in (select n from updated)) end as refused;

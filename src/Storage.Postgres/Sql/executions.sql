-- Executions: one row each. The row is the grain's memory, the guard of every write, the due-list, and what lists show.

-- name: LoadExecutions :many
select id, state from executions where id = any (@id::text[]);

-- name: ReadRevisions :many
select id, revision, history_sequence, step_sequence from executions where id = any (@id::text[]);

-- name: ListDue :many
select id, due_at from executions
where bucket = @bucket and due_at <= @now and (due_at, id) > (@after_due_at, @after_id)
order by due_at, id
limit @row_max;

-- name: CountDue :one
-- The bucket is listed value by value because the index executions_due begins with it.
select
    (select count(*) from executions where status in ('claimed', 'running')),
    (select count(*) from executions
     where bucket in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) and due_at <= @now and status in ('claimed', 'running'));

-- name: InsertExecutions :one
-- Inserts the new rows of a commit. Skips ids that exist, and ids that were forgotten (their tombstone has not expired).
-- Returns how many were inserted, and the ids that were not.
with born as (
    insert into executions (
        id, bucket, created_at, namespace, workflow, status, cause, revision, epoch, due_at, started_at, ended_at,
        worker_id, triggered_by, resolution, late_count, labels, closed_at, epochs, state, history_sequence, history_tag,
        step_sequence, step_tag)
    select x.id, x.bucket, x.created_at, x.namespace, x.workflow, x.status, x.cause, x.revision, x.epoch, x.due_at,
        x.started_at, x.ended_at, x.worker_id, x.triggered_by, x.resolution, x.late_count, x.labels, x.closed_at, x.epochs, x.state,
        coalesce(x.history_sequence, 0), x.history_tag, coalesce(x.step_sequence, 0), x.step_tag
    from unnest(
        @id::text[], @bucket::int[], @created_at::bigint[], @namespace::text[], @workflow::text[], @status::text[], @cause::text[],
        @epoch::int[], @started_at::bigint[], @ended_at::bigint[], @worker_id::text[], @triggered_by::text[], @resolution::text[],
        @late_count::bigint[], @labels::text[], @closed_at::bigint[], @epochs::text[], @revision::bigint[], @due_at::bigint[], @state::bytea[],
        @history_sequence::bigint[], @history_tag::int[], @step_sequence::int[], @step_tag::int[], @tombstone::bytea[])
    as x (
        id, bucket, created_at, namespace, workflow, status, cause,
        epoch, started_at, ended_at, worker_id, triggered_by, resolution,
        late_count, labels, closed_at, epochs, revision, due_at, state,
        history_sequence, history_tag, step_sequence, step_tag, tombstone)
    where not exists (select from tombstones as t where t.id_hash = x.tombstone and t.expires_at > x.created_at offset 0)
    order by x.id
    on conflict (id) do nothing
    returning id, created_at, labels, status, workflow, namespace),
labelled as (
    insert into execution_labels (key, value, facet, created_at, execution_id)
    select l.key, l.value, f.facet, b.created_at, b.id
    from born as b
    cross join lateral json_each_text(b.labels::json) as l (key, value)
    cross join lateral (
        values (''), (label_facet('status', b.status)), (label_facet('workflow', b.workflow)), (label_facet('namespace', b.namespace))) as f (facet)
    on conflict do nothing)
select
    (select count(*)::int from born) as passed,
    array(select x.id from unnest(@id::text[]) as x (id) where x.id not in (select id from born)) as refused;

-- name: UpdateExecutions :one
-- Updates the rows of one creation day, with the history lines and steps that nearly every append has.
-- A row passes if its revision is the one its writer saw and none of its new ids is taken. Returns how many passed, and the ids that did not.
-- The commit's other statements write only for rows of this transaction (xmin), so only for rows that passed.
--
-- Order: rows are given, and updated, in the order of their ids, and days in order, so that writers wait for each other instead of
--   deadlocking. If a row changes during such a wait, its revision is checked again, and it does not pass.
-- Places: a history line or step names its row by its place n among the given rows. known holds the n of the rows that passed, in order, and
--   at the same position each row's number and its newest tags. width_bucket finds the position by binary search.
--   A previous of -1 stands for the row's newest tag before this commit.
-- Arrays are unnested side by side in a select list; in a from clause each would be copied first.
-- Plans: a plan made while a table was empty is kept while the table grows, so nothing may invite a scan. offset 0 forces a lookup per
--   given row. between on one key, unlike =, cannot become a merge join. Sets of ids use not in (hashed), because a join would compare
--   them pair by pair under the writer's settings.
-- Parts: a commit leaves out the parts it does not need (UpdateParts). They are half of the plan's hundred nodes.
-- Columns are written whether or not they changed: the engine itself finds that no indexed value differs (a HOT update).
with
/* asked { */
clashing as (
    select x.n
    from (select unnest(@new_event_n::int[]) as n, unnest(@new_event_event_id::text[]) as event_id, unnest(@new_event_tag::int[]) as tag) as x
    cross join lateral (select r.number from executions as r where r.id = (@id::text[])[x.n] offset 0) as e
    where exists (
        select from history/* day */ as h
        where ((h.execution << 24) | h.tag) = ((e.number << 24) | x.tag) and h.event_id = x.event_id and h.tag is not null offset 0)
    union all
    select x.n
    from (
        select unnest(@new_step_n::int[]) as n, unnest(@new_step_epoch::int[]) as epoch, unnest(@new_step_step_id::text[]) as step_id,
            unnest(@new_step_tag::int[]) as tag) as x
    cross join lateral (select r.number from executions as r where r.id = (@id::text[])[x.n] offset 0) as e
    where exists (
        select from steps/* day */ as s
        where ((s.execution << 24) | s.tag) = ((e.number << 24) | x.tag) and s.step_id = x.step_id and s.epoch = x.epoch offset 0)
    union all
    select x.n
    from (
        select unnest(@new_rejection_n::int[]) as n, unnest(@new_rejection_code::text[]) as code, unnest(@new_rejection_epoch::int[]) as epoch,
            unnest(@new_rejection_event_id::text[]) as event_id) as x
    where exists (
        select from rejections/* day */ as r
        where r.execution_id = (@id::text[])[x.n] and r.code = x.code and r.epoch = x.epoch and r.event_id = x.event_id offset 0)),
/* } */
updated as (
    update executions as e
    set revision = x.revision, due_at = x.due_at, state = x.state,
        history_sequence = coalesce(x.history_sequence, e.history_sequence),
        history_tag = case when x.history_sequence is null then e.history_tag else x.history_tag end,
        step_sequence = coalesce(x.step_sequence, e.step_sequence), step_tag = coalesce(x.step_tag, e.step_tag),
        history_tag_before = e.history_tag, step_tag_before = e.step_tag
        /* relisted { */
        , namespace = x.namespace, workflow = x.workflow, status = x.status, cause = x.cause, epoch = x.epoch, started_at = x.started_at,
        ended_at = x.ended_at, worker_id = x.worker_id, triggered_by = x.triggered_by, resolution = x.resolution, late_count = x.late_count,
        labels = x.labels, closed_at = x.closed_at, epochs = x.epochs
        /* } */
    from (
        select generate_subscripts(@id::text[], 1) as n, unnest(@id::text[]) as id, unnest(@base_revision::bigint[]) as base_revision,
            unnest(@revision::bigint[]) as revision, unnest(@due_at::bigint[]) as due_at, unnest(@state::bytea[]) as state,
            unnest(@history_sequence::bigint[]) as history_sequence, unnest(@history_tag::int[]) as history_tag,
            unnest(@step_sequence::int[]) as step_sequence, unnest(@step_tag::int[]) as step_tag,
            unnest(@history_from::bigint[]) as history_from, unnest(@step_from::int[]) as step_from
            /* relisted { */
            , unnest(@listed_namespace::text[]) as namespace, unnest(@listed_workflow::text[]) as workflow,
            unnest(@listed_status::text[]) as status, unnest(@listed_cause::text[]) as cause, unnest(@listed_epoch::int[]) as epoch,
            unnest(@listed_started_at::bigint[]) as started_at, unnest(@listed_ended_at::bigint[]) as ended_at,
            unnest(@listed_worker_id::text[]) as worker_id, unnest(@listed_triggered_by::text[]) as triggered_by,
            unnest(@listed_resolution::text[]) as resolution, unnest(@listed_late_count::bigint[]) as late_count,
            unnest(@listed_labels::text[]) as labels, unnest(@listed_closed_at::bigint[]) as closed_at,
            unnest(@listed_epochs::text[]) as epochs
            /* } */
        ) as x
    /* relabelled { */
    cross join lateral (select r.labels, r.status, r.workflow from executions as r where r.id = x.id offset 0) as before
    /* } */
    where e.id between x.id and x.id and e.revision = x.base_revision
        and coalesce(x.history_from = e.history_sequence + 1, true) and coalesce(x.step_from = e.step_sequence + 1, true)
        /* asked { */
        and x.n not in (select n from clashing)
        /* } */
    returning x.n, e.number, e.history_tag_before as history_tag, e.step_tag_before as step_tag
        /* relabelled { */
        , e.id, e.created_at, before.labels as before, before.status as status_before, before.workflow as workflow_before, e.labels as after,
        e.status, e.workflow, e.namespace
        /* } */
    ),
known as materialized (
    select array_agg(n) as ns, array_agg(number) as numbers, array_agg(history_tag) as history_tags, array_agg(step_tag) as step_tags
    -- They come in order anyway. If some plan changed that, the binary search would silently miss rows, so the order is stated.
    from (select n, number, history_tag, step_tag from updated order by n) as passed),
lines as (
    insert into history/* day */ (
        day, execution, sequence, at, tracker_at, epoch, type, event_id, tag, previous, result, code, hash, facts, commit_id)
    select /* day_number { */ 0 /* } */, (select numbers from known)[x.place], x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.tag,
        case x.previous when -1 then (select history_tags from known)[x.place] else x.previous end,
        x.result, x.code, x.hash, x.facts, x.commit_id
    from (
        select width_bucket(x.n, (select ns from known)) as place, x.*
        from (
            select unnest(@line_n::int[]) as n, unnest(@line_sequence::bigint[]) as sequence, unnest(@line_at::bigint[]) as at,
                unnest(@line_tracker_at::bigint[]) as tracker_at, unnest(@line_epoch::int[]) as epoch, unnest(@line_type::text[]) as type,
                unnest(@line_event_id::text[]) as event_id, unnest(@line_tag::int[]) as tag, unnest(@line_previous::int[]) as previous,
                unnest(@line_result::text[]) as result, unnest(@line_code::text[]) as code, unnest(@line_hash::bytea[]) as hash,
                unnest(@line_facts::bytea[]) as facts, unnest(@line_commit_id::bigint[]) as commit_id) as x
        offset 0) as x
    where (select ns from known)[x.place] = x.n),
begun as (
    insert into steps/* day */ (
        day, execution, epoch, step_id, tag, previous, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
        tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
    select /* day_number { */ 0 /* } */, (select numbers from known)[x.place], x.epoch, x.step_id, x.tag,
        case x.previous when -1 then (select step_tags from known)[x.place] else x.previous end,
        x.sequence, x.status, x.block, x.block_type, x.parent_step_id,
        x.started_at, x.ended_at, x.tracker_started_at, x.tracker_ended_at, x.cost, x.memory_bytes, x.start_hash, x.end_hash, x.error, x.input,
        x.output
    from (
        select width_bucket(x.n, (select ns from known)) as place, x.*
        from (
            select unnest(@begun_n::int[]) as n, unnest(@begun_epoch::int[]) as epoch, unnest(@begun_step_id::text[]) as step_id,
                unnest(@begun_tag::int[]) as tag, unnest(@begun_previous::int[]) as previous, unnest(@begun_sequence::int[]) as sequence,
                unnest(@begun_status::text[]) as status, unnest(@begun_block::text[]) as block, unnest(@begun_block_type::text[]) as block_type,
                unnest(@begun_parent_step_id::text[]) as parent_step_id, unnest(@begun_started_at::bigint[]) as started_at,
                unnest(@begun_ended_at::bigint[]) as ended_at, unnest(@begun_tracker_started_at::bigint[]) as tracker_started_at,
                unnest(@begun_tracker_ended_at::bigint[]) as tracker_ended_at, unnest(@begun_cost::text[]) as cost,
                unnest(@begun_memory_bytes::bigint[]) as memory_bytes, unnest(@begun_start_hash::bytea[]) as start_hash,
                unnest(@begun_end_hash::bytea[]) as end_hash, unnest(@begun_error::bytea[]) as error, unnest(@begun_input::bytea[]) as input,
                unnest(@begun_output::bytea[]) as output) as x
        offset 0) as x
    where (select ns from known)[x.place] = x.n),
changed as (
    update steps/* day */ as s
    set status = x.status, block = x.block, block_type = x.block_type, parent_step_id = x.parent_step_id, started_at = x.started_at,
        ended_at = x.ended_at, tracker_started_at = x.tracker_started_at, tracker_ended_at = x.tracker_ended_at, cost = x.cost,
        memory_bytes = x.memory_bytes, start_hash = x.start_hash, end_hash = x.end_hash, error = x.error, input = x.input, output = x.output
    from (
        select width_bucket(x.n, (select ns from known)) as place, x.*
        from (
            select unnest(@changed_n::int[]) as n, unnest(@changed_epoch::int[]) as epoch, unnest(@changed_step_id::text[]) as step_id,
                unnest(@changed_tag::int[]) as tag, unnest(@changed_status::text[]) as status, unnest(@changed_block::text[]) as block,
                unnest(@changed_block_type::text[]) as block_type, unnest(@changed_parent_step_id::text[]) as parent_step_id,
                unnest(@changed_started_at::bigint[]) as started_at, unnest(@changed_ended_at::bigint[]) as ended_at,
                unnest(@changed_tracker_started_at::bigint[]) as tracker_started_at, unnest(@changed_tracker_ended_at::bigint[]) as tracker_ended_at,
                unnest(@changed_cost::text[]) as cost, unnest(@changed_memory_bytes::bigint[]) as memory_bytes,
                unnest(@changed_start_hash::bytea[]) as start_hash, unnest(@changed_end_hash::bytea[]) as end_hash,
                unnest(@changed_error::bytea[]) as error, unnest(@changed_input::bytea[]) as input, unnest(@changed_output::bytea[]) as output) as x
        offset 0) as x
    where (select ns from known)[x.place] = x.n
        and ((s.execution << 24) | s.tag)
            between (((select numbers from known)[x.place] << 24) | x.tag) and (((select numbers from known)[x.place] << 24) | x.tag)
        and s.step_id = x.step_id and s.epoch = x.epoch)
/* relabelled { */
-- A label has one row for itself, and one each with the execution's status, workflow and namespace.
, relabelled as (
    select u.id, u.created_at, l.key, l.value, l.facet, bool_or(l.kept) as kept, bool_or(not l.kept) as had
    from updated as u
    cross join lateral (
        select b.key, b.value, f.facet, false as kept
        from json_each_text(u.before::json) as b (key, value)
        cross join (
            values (''), (label_facet('status', u.status_before)), (label_facet('workflow', u.workflow_before)),
                (label_facet('namespace', u.namespace))) as f (facet)
        union all
        select a.key, a.value, f.facet, true
        from json_each_text(u.after::json) as a (key, value)
        cross join (
            values (''), (label_facet('status', u.status)), (label_facet('workflow', u.workflow)),
                (label_facet('namespace', u.namespace))) as f (facet)) as l
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
/* } */
select
    coalesce((select cardinality(ns) from known), 0) as passed,
    case when (select cardinality(ns) from known) = cardinality(@id::text[]) then '{}'
        else array(
            select x.id from (select generate_subscripts(@id::text[], 1) as n, unnest(@id::text[]) as id) as x
            where x.n not in (select n from updated)) end as refused;

-- name: DeleteExecution :one
-- Deletes the row of an execution, if it still has that revision, and what belongs to it and is bounded. Its history, steps and logs follow in
-- batches (DeleteBatch); deletions says of which execution. Its tombstone and an audit row stay. One statement, so all or nothing.
-- The day is a constant so that only that day's partitions are opened. Returns the number of the execution.
with gone as (
    delete from executions where id = @id and revision = @revision
    returning id, number, created_at, labels, status, workflow, namespace),
rest as (
    insert into deletions (execution, day) select g.number, /* day_number { */ 0 /* } */ from gone as g),
their_rejections as (
    delete from rejections as r using gone as g where r.day = /* day_number { */ 0 /* } */ and r.execution_id = g.id),
their_evidence as (
    delete from evidence as e using gone as g where e.day = /* day_number { */ 0 /* } */ and e.execution_id = g.id),
their_payloads as (
    delete from final_payloads as p using gone as g where p.day = /* day_number { */ 0 /* } */ and p.execution_id = g.id),
their_labels as (
    delete from execution_labels as l
    using gone as g
    cross join lateral json_each_text(g.labels::json) as n (key, value)
    cross join lateral (
        values (''), (label_facet('status', g.status)), (label_facet('workflow', g.workflow)), (label_facet('namespace', g.namespace))) as f (facet)
    where l.key = n.key and l.value = n.value and l.facet = f.facet and l.created_at = g.created_at and l.execution_id = g.id),
told as (
    insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
    select @at::bigint, @by::text, @action::text, @execution_id::text, @namespace::text, @reason::text, @key_id::text, @key_name::text,
        @claims::text, @address::text, @trace_id::text
    from gone),
kept as (
    insert into tombstones (id_hash, expires_at)
    select @id_hash::bytea, @expires_at::bigint from gone
    on conflict (id_hash) do update set expires_at = greatest(tombstones.expires_at, excluded.expires_at))
select number from gone;

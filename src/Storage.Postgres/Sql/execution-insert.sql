-- Returns how many ids were free, and those that were not.
with born as (
    insert into executions (
        id, bucket, created_at, namespace, workflow, status, cause, revision, epoch, due_at, started_at, ended_at,
        worker_id, triggered_by, resolution, late_count, labels, closed_at, epochs, state, history_sequence, history_tag,
        step_sequence, step_tag)
    select x.id, x.bucket, x.created_at, x.namespace, x.workflow, x.status, x.cause, x.revision, x.epoch, x.due_at,
        x.started_at, x.ended_at, x.worker_id, x.triggered_by, x.resolution, x.late_count, x.labels, x.closed_at, x.epochs, x.state,
        coalesce(x.history_sequence, 0), x.history_tag, coalesce(x.step_sequence, 0), x.step_tag
    from unnest(
        $1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::bigint[], $10::bigint[], $11::text[],
        $12::text[], $13::text[], $14::bigint[], $15::text[], $16::bigint[], $17::text[], $18::bigint[], $19::bigint[], $20::bytea[],
        $21::bigint[], $22::int[], $23::int[], $24::int[], $25::bytea[])
    as x (
        id, bucket, created_at, namespace, workflow, status, cause, epoch, started_at, ended_at, worker_id,
        triggered_by, resolution, late_count, labels, closed_at, epochs, revision, due_at, state, history_sequence, history_tag, step_sequence, step_tag,
        tombstone)
    where not exists (select from tombstones as t where t.id_hash = x.tombstone and t.expires_at > x.created_at offset 0)
    order by x.id
    on conflict (id) do nothing
    returning id, created_at, labels, status, workflow, namespace),
labelled as (
    insert into execution_labels (key, value, facet, created_at, execution_id)
    select l.key, l.value, f.facet, b.created_at, b.id
    from born as b
    cross join lateral json_each_text(b.labels::json) as l (key, value)
    cross join lateral (values (''), (label_facet('status', b.status)), (label_facet('workflow', b.workflow)), (label_facet('namespace', b.namespace))) as f (facet)
    on conflict do nothing)
select
    (select count(*)::int from born) as passed,
    array(select x.id from unnest($1::text[]) as x (id) where x.id not in (select id from born)) as refused;

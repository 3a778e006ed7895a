-- The row of an execution of that revision, and what belongs to it and is bounded. Its history, steps and logs follow in batches (deletion-batch);
-- deletions says of which execution. The tombstone and the audit's row stay. One statement: all of it or nothing. The day is written out, so that only its
-- partitions are opened.
with gone as (
    delete from executions where id = $1 and revision = $2
    returning id, number, created_at, labels, status, workflow, namespace),
rest as (
    insert into deletions (execution, day) select g.number, {number} from gone as g),
their_rejections as (
    delete from rejections as r using gone as g where r.day = {number} and r.execution_id = g.id),
their_evidence as (
    delete from evidence as e using gone as g where e.day = {number} and e.execution_id = g.id),
their_payloads as (
    delete from final_payloads as p using gone as g where p.day = {number} and p.execution_id = g.id),
their_labels as (
    delete from execution_labels as l
    using gone as g
    cross join lateral json_each_text(g.labels::json) as n (key, value)
    cross join lateral (
        values (''), (label_facet('status', g.status)), (label_facet('workflow', g.workflow)), (label_facet('namespace', g.namespace))) as f (facet)
    where l.key = n.key and l.value = n.value and l.facet = f.facet and l.created_at = g.created_at and l.execution_id = g.id),
told as (
    insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
    select $5::bigint, $6::text, $7::text, $8::text, $9::text, $10::text, $11::text, $12::text, $13::text, $14::text, $15::text from gone),
kept as (
    insert into tombstones (id_hash, expires_at)
    select $3::bytea, $4::bigint from gone
    on conflict (id_hash) do update set expires_at = greatest(tombstones.expires_at, excluded.expires_at))
select number from gone;

-- Everything that belongs to one execution, where its row is still of that revision; its tombstone and the audit's row stay. One statement:
-- all of it or nothing. The day is written out, so that only its partitions are opened. A row of history is found by its tag, and one without a tag by its
-- sequence, as the indexes have it.
with gone as (
    delete from executions where id = $1 and revision = $2
    returning id, number, created_at, labels, status, workflow, namespace),
events as (
    delete from history as h using gone as g
    where h.day = {number} and ((h.execution << 24) | h.tag) between (g.number << 24) and ((g.number << 24) | 16777215) and h.tag is not null),
other_lines as (
    delete from history as h using gone as g
    where h.day = {number} and h.execution = g.number and (h.sequence % 16 = 0 or h.tag is null) and h.tag is null),
their_steps as (
    delete from steps as s using gone as g
    where s.day = {number} and ((s.execution << 24) | s.tag) between (g.number << 24) and ((g.number << 24) | 16777215)),
their_logs as (
    delete from logs as l using gone as g where l.day = {number} and l.execution = g.number),
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
select count(*) from gone;

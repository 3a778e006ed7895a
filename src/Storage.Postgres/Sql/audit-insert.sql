insert into audit (at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id)
select x.at, x.by, x.action, x.execution_id, x.namespace, x.reason, x.key_id, x.key_name, x.claims, x.address, x.trace_id
from unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
    as x (
        execution_id, at, by, action, namespace, reason, key_id, key_name, claims, address, trace_id)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0);

insert into audit (at, by, action, execution_id, namespace, reason)
select x.at, x.by, x.action, x.execution_id, x.namespace, x.reason
from unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
    as x (
        execution_id, at, by, action, namespace, reason)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0);

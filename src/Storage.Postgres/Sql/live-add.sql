insert into live_counts as t (workflow, namespace, status, shard, count)
select w.name, x.namespace, x.status, $6, sum(x.count)
from unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
    as x (
        execution_id, workflow, namespace, status, count)
cross join lateral (values (x.workflow), ('')) as w (name)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0)
group by 1, 2, 3
having sum(x.count) <> 0
order by 1, 2, 3
on conflict (workflow, namespace, status, shard) do update set count = t.count + excluded.count;

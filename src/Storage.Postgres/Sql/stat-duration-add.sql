insert into stat_durations as t (span, workflow, at, namespace, bucket, shard, count)
select s.span, w.name, x.at - (((x.at % s.width) + s.width) % s.width), x.namespace, x.bucket, $7, sum(x.count)
from unnest(
        $1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::int[])
    as x (
        execution_id, workflow, at, namespace, bucket, count)
cross join (values (60, 60000000::bigint), (3600, 3600000000)) as s (span, width)
cross join lateral (values (x.workflow), ('')) as w (name)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0)
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
on conflict (span, workflow, at, namespace, bucket, shard) do update set count = t.count + excluded.count;

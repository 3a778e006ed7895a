-- Counted per minute and hour, for the workflow and for all ('').
insert into stats as t (span, workflow, at, namespace, kind, word, shard, count)
select s.span, w.name, x.at - (((x.at % s.width) + s.width) % s.width), x.namespace, x.kind, x.word, $8, sum(x.count)
from unnest(
        $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[])
    as x (
        execution_id, workflow, at, namespace, kind, word, count)
cross join (values (60, 60000000::bigint), (3600, 3600000000)) as s (span, width)
cross join lateral (values (x.workflow), ('')) as w (name)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0)
group by 1, 2, 3, 4, 5, 6
order by 1, 2, 3, 4, 5, 6
on conflict (span, workflow, at, namespace, kind, word, shard) do update set count = t.count + excluded.count;

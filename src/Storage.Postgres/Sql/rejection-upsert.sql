-- A batch may hold the same rejection many times: they are counted first, and the first one's type and message stand.
insert into rejections_{day} as r (day, execution_id, code, epoch, event_id, type, message, count, first_at, last_at)
select {number}, x.execution_id, x.code, x.epoch, x.event_id, (array_agg(x.type order by x.n))[1], (array_agg(x.message order by x.n))[1],
    count(*), min(x.at), max(x.at)
from unnest(
        $1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[]) with ordinality
    as x (
        execution_id, code, epoch, event_id, type, message, at, n)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0)
group by x.execution_id, x.code, x.epoch, x.event_id
on conflict (execution_id, code, epoch, event_id, day) do update
set count = r.count + excluded.count, last_at = greatest(r.last_at, excluded.last_at);

update steps_{day} as s
set status = x.status, ended_at = greatest(s.started_at, x.at), tracker_ended_at = x.at
from unnest(
        $1::text[], $2::int[], $3::text[], $4::bigint[])
    as x (
        execution_id, epoch, status, at)
cross join lateral (
    select o.ctid as place from steps_{day} as o
    where o.day = {number} and o.execution_id = x.execution_id and o.epoch = x.epoch and o.status = 'running'
    offset 0) as open
where s.ctid = open.place
  and exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0);

update steps_{day} as s
set status = x.status, ended_at = greatest(s.started_at, x.at), tracker_ended_at = x.at
from unnest(
        $1::text[], $2::int[], $3::text[], $4::bigint[])
    as x (
        execution_id, epoch, status, at)
join executions as e on e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid
where s.day = {number} and s.execution_id = x.execution_id and s.epoch = x.epoch and s.status = 'running';

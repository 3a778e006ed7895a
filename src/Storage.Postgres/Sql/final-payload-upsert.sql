insert into final_payloads_{day} (
    day, execution_id, epoch, output, error)
select
    {number}, x.execution_id, x.epoch, x.output, x.error
from unnest(
        $1::text[], $2::int[], $3::bytea[], $4::bytea[])
    as x (
        execution_id, epoch, output, error)
where exists (select from executions as e where e.id = x.execution_id and e.xmin = pg_current_xact_id()::xid offset 0)
on conflict (execution_id, epoch, day) do update set output = excluded.output, error = excluded.error;

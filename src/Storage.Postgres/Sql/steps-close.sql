-- No index holds which steps are open: with one, every step's end would move entries in all indexes. An epoch ends once. What the append says of a step itself is
-- written before, and stands: rows of this transaction (xmin) are not closed.
update steps_{day} as s
set status = x.status, ended_at = case when x.at >= s.started_at then x.at else greatest(s.started_at, x.tracker_at) end, tracker_ended_at = x.tracker_at
from unnest(
        $1::text[], $2::int[], $3::text[], $4::bigint[], $5::bigint[])
    as x (
        execution_id, epoch, status, at, tracker_at)
cross join lateral (select o.number from executions as o where o.id = x.execution_id and o.xmin = pg_current_xact_id()::xid offset 0) as e
cross join lateral (
    select o.ctid as place from steps_{day} as o
    where ((o.execution << 24) | o.tag) >= (e.number << 24) and ((o.execution << 24) | o.tag) < ((e.number + 1) << 24) and o.epoch = x.epoch and o.status = 'running'
      and o.xmin <> pg_current_xact_id()::xid
    offset 0) as open
where s.ctid = open.place;

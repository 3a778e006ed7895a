-- What an execution keeps beside its history and steps: late events (evidence), rejections, and the final output and error.

-- name: InsertEvidence :exec
insert into evidence/* day */ (
    day, execution_id, number, epoch, event_id, type, at, tracker_at, payload)
select
    /* day_number { */ 0 /* } */, x.id, x.number, x.epoch, x.event_id, x.type, x.at, x.tracker_at, x.payload
from unnest(
        @id::text[], @number::int[], @epoch::int[], @event_id::text[], @type::text[], @at::bigint[], @tracker_at::bigint[], @payload::bytea[])
    as x (
        id, number, epoch, event_id, type, at, tracker_at, payload)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0);

-- name: ListEvidence :many
select number, epoch, event_id, type, at, tracker_at, payload
from evidence
where day = @day and execution_id = @id
order by number
limit 100;

-- name: UpsertRejections :exec
-- A batch may hold the same rejection several times: they are counted first, and the first one's type and message stand.
insert into rejections/* day */ as r (day, execution_id, code, epoch, event_id, type, message, count, first_at, last_at)
select /* day_number { */ 0 /* } */, x.id, x.code, x.epoch, x.event_id, (array_agg(x.type order by x.n))[1], (array_agg(x.message order by x.n))[1],
    count(*), min(x.at), max(x.at)
from unnest(
        @id::text[], @code::text[], @epoch::int[], @event_id::text[], @type::text[], @message::text[], @at::bigint[]) with ordinality
    as x (
        id, code, epoch, event_id, type, message, at, n)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0)
group by x.id, x.code, x.epoch, x.event_id
on conflict (execution_id, code, epoch, event_id, day) do update
set count = r.count + excluded.count, last_at = greatest(r.last_at, excluded.last_at);

-- name: FindRejections :many
-- Which of these rejections are stored.
select n.id, n.code, n.epoch, n.event_id
from unnest(@id::text[], @code::text[], @epoch::int[], @event_id::text[]) as n (id, code, epoch, event_id)
where exists (
    select from rejections/* day */ as r
    where r.day = /* day_number { */ 0 /* } */ and r.execution_id = n.id and r.code = n.code and r.epoch = n.epoch and r.event_id = n.event_id
    offset 0);

-- name: ListRejections :many
select code, epoch, event_id, type, message, count, first_at, last_at
from rejections
where day = @day and execution_id = @id
order by first_at, epoch, event_id, code
limit 100;

-- name: UpsertFinalPayloads :exec
insert into final_payloads/* day */ (
    day, execution_id, epoch, output, error)
select
    /* day_number { */ 0 /* } */, x.id, x.epoch, x.output, x.error
from unnest(
        @id::text[], @epoch::int[], @output::bytea[], @error::bytea[])
    as x (
        id, epoch, output, error)
where exists (select from executions as e where e.id = x.id and e.xmin = pg_current_xact_id()::xid offset 0)
on conflict (execution_id, epoch, day) do update set output = excluded.output, error = excluded.error;

-- name: FindFinalPayload :one
select output, error from final_payloads where day = @day and execution_id = @id and epoch = @epoch;

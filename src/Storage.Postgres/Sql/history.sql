-- History: what happened to an execution, append-only, partitioned by its creation day.

-- name: InsertHistory :exec
-- The lines of new executions; those of existing ones are part of UpdateExecutions.
insert into history/* day */ (
    day, execution, sequence, at, tracker_at, epoch, type, event_id, tag, previous, result, code, hash, facts, commit_id)
select
    /* day_number { */ 0 /* } */, e.number, x.sequence, x.at, x.tracker_at, x.epoch, x.type, x.event_id, x.tag, x.previous, x.result, x.code, x.hash,
    x.facts, x.commit_id
from unnest(
        @id::text[], @sequence::bigint[], @at::bigint[], @tracker_at::bigint[], @epoch::int[], @type::text[], @event_id::text[], @tag::int[],
        @previous::int[], @result::text[], @code::text[], @hash::bytea[], @facts::bytea[], @commit_id::bigint[])
    as x (
        id, sequence, at, tracker_at, epoch, type, event_id, tag,
        previous, result, code, hash, facts, commit_id)
cross join lateral (select o.number from executions as o where o.id = x.id and o.xmin = pg_current_xact_id()::xid offset 0) as e;

-- name: FindEvents :many
-- The lines that have taken these event ids.
select n.id, h.*
from unnest(@id::text[], @event_id::text[], @tag::int[]) as n (id, event_id, tag)
cross join lateral (select o.number from executions as o where o.id = n.id offset 0) as e
cross join lateral (
    select p.epoch, p.event_id, p.hash, p.result, p.code, p.commit_id
    from history/* day */ as p
    where ((p.execution << 24) | p.tag) = ((e.number << 24) | n.tag) and p.event_id = n.event_id and p.tag is not null
    offset 0) as h;

-- name: ListHistory :many
-- A page of sequences in (low, top]. Starts at the first marked line (every 16th) at or after high, or else at the newest line, and walks back
-- from line to line, so it reads at most 16 lines more than the page. Each line names the tag of the line before it; a line without a tag is
-- found by its sequence. @direction is 1 by sequence, -1 newest first.
with recursive walk as (
    select e.number as execution, coalesce(m.sequence, e.history_sequence) + 1 as sequence,
        case when m.sequence is null then e.history_tag else m.tag end as previous, null::history as line
    from executions as e
    left join lateral (
        select h.sequence, h.tag from history as h
        where h.day = @day and h.execution = e.number and (h.sequence % 16 = 0 or h.tag is null) and h.sequence >= @high
        order by h.sequence limit 1) as m on true
    where e.id = @id
    union all
    select w.execution, (l.line).sequence, (l.line).previous, l.line
    from walk as w
    cross join lateral (
        select h as line from history as h
        where h.day = @day and ((h.execution << 24) | h.tag) = ((w.execution << 24) | w.previous) and h.tag is not null and h.sequence = w.sequence - 1
        union all
        select h as line from history as h
        where w.previous is null and h.day = @day and h.execution = w.execution and (h.sequence % 16 = 0 or h.tag is null)
            and h.sequence = w.sequence - 1) as l
    where w.sequence > @low + 1)
select (line).sequence, (line).at, (line).tracker_at, (line).epoch, (line).type, (line).event_id, (line).result, (line).code, (line).hash,
    (line).tag is not null, (line).facts, (line).commit_id
from walk
where (line).sequence > @low and (line).sequence <= @top
order by @direction * sequence
limit @row_max;

-- From the first marked line beyond those that are looked at, or else from the newest, back from line to line: at most 16 more than those.
-- A line is found by its tag, which the one after it names; where it has none, by its sequence.
with recursive walk as (
    select e.number as execution, coalesce(m.sequence, e.history_sequence) + 1 as sequence,
        case when m.sequence is null then e.history_tag else m.tag end as previous, null::history as line
    from executions as e
    left join lateral (
        select h.sequence, h.tag from history as h
        where h.day = $1 and h.execution = e.number and (h.sequence % 16 = 0 or h.tag is null) and h.sequence >= $3
        order by h.sequence limit 1) as m on true
    where e.id = $2
    union all
    select w.execution, (l.line).sequence, (l.line).previous, l.line
    from walk as w
    cross join lateral (
        select h as line from history as h
        where h.day = $1 and ((h.execution << 24) | h.tag) = ((w.execution << 24) | w.previous) and h.tag is not null and h.sequence = w.sequence - 1
        union all
        select h as line from history as h
        where w.previous is null and h.day = $1 and h.execution = w.execution and (h.sequence % 16 = 0 or h.tag is null) and h.sequence = w.sequence - 1) as l
    where w.sequence > $4 + 1)
select (line).sequence, (line).at, (line).tracker_at, (line).epoch, (line).type, (line).event_id, (line).result, (line).code, (line).hash,
    (line).tag is not null, (line).facts, (line).commit_id
from walk
where (line).sequence > $4 and (line).sequence <= $5
order by $6 * sequence
limit $7;

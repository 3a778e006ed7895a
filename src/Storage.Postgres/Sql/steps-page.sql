-- As history-page.sql does: from the first marked step beyond those that are looked at, or else from the newest, back from step to step.
with recursive walk as (
    select e.number as execution, coalesce(m.sequence, e.step_sequence) + 1 as sequence,
        case when m.sequence is null then e.step_tag else m.tag end as previous, null::steps as step
    from executions as e
    left join lateral (
        select s.sequence, s.tag from steps as s
        where s.day = $1 and s.execution = e.number and s.sequence % 16 = 0 and s.sequence >= $3
        order by s.sequence limit 1) as m on true
    where e.id = $2
    union all
    select w.execution, s.sequence, s.previous, s
    from walk as w
    join steps as s on s.day = $1 and ((s.execution << 24) | s.tag) = ((w.execution << 24) | w.previous) and s.sequence = w.sequence - 1
    where w.sequence > $4 + 1)
select (step).epoch, (step).step_id, (step).sequence, (step).status, (step).block, (step).block_type, (step).parent_step_id, (step).started_at, (step).ended_at,
    (step).tracker_started_at, (step).tracker_ended_at, (step).cost, (step).memory_bytes, (step).start_hash, (step).end_hash, (step).error,
    case when $10::boolean then (step).input end, case when $10::boolean then (step).output end
from walk
where (step).sequence > $4 and (step).sequence <= $5
  and ($8::text[] is null or (step).status = any ($8)) and ($9::text is null or (step).parent_step_id = $9)
order by $6 * sequence
limit $7;

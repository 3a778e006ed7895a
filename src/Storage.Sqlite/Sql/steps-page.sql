-- From the first mark beyond the sequences that are looked at, or from the newest row, back along the chain: at most 16 rows more than those. The order is 1,
-- by sequence, or -1.
with recursive
    execution(number, newest) as (
        select number, last_step from executions where id = $execution_id),
    chain(number, previous, sequence) as (
        select number, previous, sequence
        from steps
        where number = (
            select coalesce(
                (select m.number from steps m indexed by steps_mark
                 where m.execution = execution.number and m.sequence % 16 = 0 and m.sequence >= $high
                 order by m.sequence limit 1),
                execution.newest)
            from execution)
        union all
        select r.number, r.previous, r.sequence
        from chain join steps r on r.number = chain.previous
        where chain.sequence > $low + 1)
select row.epoch, row.step_id, row.sequence, row.status, row.block, row.block_type, row.parent_step_id, row.started_at, row.ended_at,
    row.tracker_started_at, row.tracker_ended_at, row.cost, row.memory_bytes, row.start_hash, row.end_hash, row.error,
    case when $payloads then row.input end, case when $payloads then row.output end
from chain join steps row on row.number = chain.number
where row.sequence > $low and row.sequence <= $top
  and ($statuses is null or row.status in (select value from json_each($statuses)))
  and ($parent is null or row.parent_step_id = $parent)
order by $order * chain.sequence
limit $limit;

-- From the first mark beyond the sequences that are looked at, or from the newest row, back along the chain: at most 16 rows more than those. The order is 1,
-- by sequence, or -1.
with recursive
    execution(number, newest) as (
        select number, last_history from executions where id = $execution_id),
    chain(number, previous, sequence) as (
        select number, previous, sequence
        from history
        where number = (
            select coalesce(
                (select m.number from history m indexed by history_mark
                 where m.execution = execution.number and m.sequence % 16 = 0 and m.sequence >= $high
                 order by m.sequence limit 1),
                execution.newest)
            from execution)
        union all
        select r.number, r.previous, r.sequence
        from chain join history r on r.number = chain.previous
        where chain.sequence > $low + 1)
select row.sequence, row.at, row.tracker_at, row.epoch, row.type, row.event_id, row.result, row.code, row.hash, row.takes_event_id, row.facts,
    row.commit_id
from chain join history row on row.number = chain.number
where row.sequence > $low and row.sequence <= $top
order by $order * chain.sequence
limit $limit;

-- From a row back along the chain.
with recursive chain(number, previous) as (
    select number, previous from steps where number = $newest and execution = $execution
    union all
    select r.number, r.previous from chain join steps r on r.number = chain.previous and r.execution = $execution
    limit $limit)
select number, previous from chain;

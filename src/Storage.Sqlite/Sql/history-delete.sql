-- From the newest row back along the chain.
with recursive chain(number) as (
    select last_history from executions where number = $execution
    union all
    select h.previous from chain join history h on h.number = chain.number where h.previous is not null)
delete from history where number in (select number from chain);

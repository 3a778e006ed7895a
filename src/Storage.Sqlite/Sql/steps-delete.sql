-- From the newest row back along the chain.
with recursive chain(number) as (
    select last_step from executions where number = $execution
    union all
    select s.previous from chain join steps s on s.number = chain.number where s.previous is not null)
delete from steps where number in (select number from chain);

-- The rows of a batch, locked in the order of their ids, so that batches of several writers wait for each other instead of deadlocking.
with locked as materialized (
    select 1 from executions where id = any ($1::text[]) order by id for no key update)
select count(*) from locked;

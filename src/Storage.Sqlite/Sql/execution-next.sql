-- The number of a deleted execution is free once its rows are gone.
select max((select coalesce(max(number), 0) from executions), (select coalesce(max(execution), 0) from deletions)) + 1;

select count(*) from (select 1 from executions where {range} limit ?) as counted;

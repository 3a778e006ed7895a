select count(*) from (select 1 from {source} where {range} limit ?) as counted

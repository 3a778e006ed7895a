-- name: ListOutages :many
-- The newest ones, in order of their end.
select from_at, to_at
from (select from_at, to_at, number from outages order by to_at desc, number desc limit @row_max) as newest
order by to_at, number;

-- name: PruneOutages :exec
-- Deletes nothing unless there are 100 to delete: readers count outages, and must notice a new one while old ones are deleted.
delete from outages
where number <= (select number from outages order by number desc limit 1 offset cast(@kept as bigint))
  and (select count(*) from outages) >= cast(@kept as bigint) + 100;

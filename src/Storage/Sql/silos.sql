-- name: ListSilos :many
select silo_id, alive_at from silos order by alive_at desc limit 100;

-- name: PruneSilos :exec
delete from silos where alive_at < @before;

-- Outages: spans in which no silo was alive. Deadlines that fall into one move to after its end.

-- name: InsertOutage :exec
insert into outages (from_at, to_at) values (@from_at, @to_at);

-- name: CountOutages :one
select count(*) from outages;

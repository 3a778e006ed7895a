-- Silos: the last heartbeat of each. A file has one silo at a time, but not always the same.

-- name: ReadLastHeartbeat :one
-- Heartbeats after alive_at_max were written by a wrong clock and do not count.
select max(alive_at) from silos where alive_at <= @alive_at_max;

-- name: WriteHeartbeat :exec
insert into silos (silo_id, alive_at) values (@silo_id, @alive_at)
on conflict (silo_id) do update set alive_at = max(alive_at, excluded.alive_at);

-- Deletions of executions that go on in batches, and tombstones: the keyed hashes of the ids of deleted executions, so that a late report cannot make
-- them again.

-- name: FindTombstone :one
select 1 from tombstones where id_hash = @id_hash and expires_at > @now;

-- name: InsertTombstone :exec
insert into tombstones (id_hash, expires_at) values (@id_hash, @expires_at)
on conflict (id_hash) do update set expires_at = max(expires_at, excluded.expires_at);

-- name: PruneTombstones :execrows
-- Deletes up to 10,000 expired ones.
delete from tombstones where id_hash in (select id_hash from tombstones where expires_at <= @now order by expires_at limit 10000);

-- name: InsertDeletion :exec
-- Before the row is deleted: the newest rows of its chains.
insert into deletions (execution, last_history, last_step)
select number, last_history, last_step from executions where number = @execution;

-- name: FindDeletion :one
-- A deletion of one execution, or of any (@execution is null).
select execution, last_history, last_step from deletions where @execution is null or execution = @execution order by execution limit 1;

-- name: MoveDeletion :exec
-- The newest rows that are left.
update deletions set last_history = @last_history, last_step = @last_step where execution = @execution;

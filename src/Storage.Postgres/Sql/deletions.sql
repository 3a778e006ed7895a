-- Deletions of executions that go on in batches, and tombstones: the keyed hashes of the ids of deleted executions, so that a late report cannot make
-- them again.

-- name: FindTombstones :many
-- Which of these ids may not be made again: their hashes.
select a.id_hash
from unnest(@id_hash::bytea[], @at::bigint[]) as a (id_hash, at)
where exists (select from tombstones as t where t.id_hash = a.id_hash and t.expires_at > a.at offset 0);

-- name: PruneTombstones :execrows
-- Deletes up to 10,000 expired ones.
delete from tombstones where id_hash = any (array(select id_hash from tombstones where expires_at <= @now order by expires_at limit 10000));

-- name: FindDeletion :one
-- A deletion of one execution, or of any (@execution is null), that no other silo works on.
select execution, day from deletions where @execution::bigint is null or execution = @execution order by execution limit 1 for update skip locked;

-- name: DeleteBatch :one
-- Deletes up to @row_max rows of each table that a deleted execution left. Returns the largest count. A history line is found by its tag, a line
-- without a tag by its sequence, because that is what the indexes hold. A day has one partition, so a row's place (ctid) belongs to one table.
with events as (
    delete from history as h
    where h.day = /* day_number { */ 0 /* } */ and h.ctid = any (array(
        select e.ctid from history as e
        where e.day = /* day_number { */ 0 /* } */
            and ((e.execution << 24) | e.tag) between (@execution::bigint << 24) and ((@execution::bigint << 24) | 16777215) and e.tag is not null
        limit @row_max))
    returning 1),
other_lines as (
    delete from history as h
    where h.day = /* day_number { */ 0 /* } */ and h.ctid = any (array(
        select e.ctid from history as e
        where e.day = /* day_number { */ 0 /* } */ and e.execution = @execution and (e.sequence % 16 = 0 or e.tag is null) and e.tag is null
        limit @row_max))
    returning 1),
their_steps as (
    delete from steps as s
    where s.day = /* day_number { */ 0 /* } */ and s.ctid = any (array(
        select e.ctid from steps as e
        where e.day = /* day_number { */ 0 /* } */
            and ((e.execution << 24) | e.tag) between (@execution::bigint << 24) and ((@execution::bigint << 24) | 16777215)
        limit @row_max))
    returning 1),
their_logs as (
    delete from logs as l
    where l.day = /* day_number { */ 0 /* } */ and l.ctid = any (array(
        select e.ctid from logs as e where e.day = /* day_number { */ 0 /* } */ and e.execution = @execution limit @row_max))
    returning 1)
select greatest(
    (select count(*) from events), (select count(*) from other_lines), (select count(*) from their_steps), (select count(*) from their_logs));

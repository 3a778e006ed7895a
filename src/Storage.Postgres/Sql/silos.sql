-- Silos: the last heartbeat of each, and whether it left or was found dead (gone_at).

-- name: WriteHeartbeat :many
-- Writes this silo's heartbeat, and the outage that it ends: this silo's own silence if that was longer than outage_after, else a silence of all.
-- Returns the newest heartbeat before it, the number of outages, and the other silos that are not gone.
-- One statement, so that others see the heartbeat and its outage at the same moment. A delayed heartbeat undoes neither a newer one nor a leaving.
-- Heartbeats after alive_at_max were written by a wrong clock and do not count.
with last as (
    select max(alive_at) as at from silos where alive_at <= @alive_at_max),
own as (
    select alive_at as at from silos where silo_id = @silo_id and gone_at is null),
outage as (
    insert into outages (from_at, to_at)
    select case when @now - own.at > @outage_after then own.at else last.at end, @now
    from last left join own on true
    where @now - own.at > @outage_after or @now - last.at > @outage_after
    returning number),
beat as (
    insert into silos (silo_id, alive_at) values (@silo_id, @now)
    on conflict (silo_id) do update set
        alive_at = greatest(silos.alive_at, excluded.alive_at),
        gone_at = case when excluded.alive_at > silos.gone_at then null else silos.gone_at end)
select last.at, (select count(*) from outages) + (select count(*) from outage), other.silo_id, other.alive_at
from last left join silos other on other.silo_id <> @silo_id and other.gone_at is null;

-- name: RecordGone :exec
-- A silo that was found dead: its silence is an outage. Nothing if it has been heard of since, or was found dead already.
with gone as (
    update silos set gone_at = @now where silo_id = @silo_id and alive_at = @alive_at and gone_at is null
    returning alive_at)
insert into outages (from_at, to_at) select least(alive_at, @now), @now from gone;

-- name: RecordLeave :exec
update silos set gone_at = greatest(alive_at, @now) where silo_id = @silo_id and gone_at is null;

-- name: ReadClock :one
-- The server's clock, as unix microseconds.
select (extract(epoch from clock_timestamp()) * 1000000)::bigint;

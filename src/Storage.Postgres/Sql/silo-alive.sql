-- The sign of life, what was the last before it, the other silos, and the outage that it ends: where this silo was not heard of for too long, its own silence, else that of all.
-- One statement, so all of it or nothing, and others see the sign and the outage at once. A sign that was long under way takes back none that overtook it, and no leaving.
-- Heartbeats later than $4 were written by a clock that was wrong and do not count.
with last as (
    select max(alive_at) as at from silos where alive_at <= $4),
own as (
    select alive_at as at from silos where silo_id = $1 and gone_at is null),
outage as (
    insert into outages (from_at, to_at)
    select case when $2 - own.at > $3 then own.at else last.at end, $2
    from last left join own on true
    where $2 - own.at > $3 or $2 - last.at > $3
    returning number),
beat as (
    insert into silos (silo_id, alive_at) values ($1, $2)
    on conflict (silo_id) do update set
        alive_at = greatest(silos.alive_at, excluded.alive_at),
        gone_at = case when excluded.alive_at > silos.gone_at then null else silos.gone_at end)
select last.at, (select count(*) from outages) + (select count(*) from outage), other.silo_id, other.alive_at
from last left join silos other on other.silo_id <> $1 and other.gone_at is null;

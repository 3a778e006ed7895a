-- The sign of life, what was the last before it, and the outage where that is too long ago: one statement, so all of it or nothing.
-- A sign that was long under way takes back none that overtook it.
with last as (
    select max(alive_at) as at from silos),
outage as (
    insert into outages (from_at, to_at) select at, $2 from last where $2 - at > $3),
beat as (
    insert into silos (silo_id, alive_at) values ($1, $2)
    on conflict (silo_id) do update set alive_at = greatest(silos.alive_at, excluded.alive_at))
select at from last;

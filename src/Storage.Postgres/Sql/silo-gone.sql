-- A silo that was found dead, unless it has been heard of since or somebody else found it: its silence is an outage.
with gone as (
    update silos set gone_at = $3 where silo_id = $1 and alive_at = $2 and gone_at is null
    returning alive_at)
insert into outages (from_at, to_at) select least(alive_at, $3), $3 from gone;

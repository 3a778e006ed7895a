-- The silos that the backup knows may live, on the store that it was made of. Silos of the copy that found them would take them for their own cluster's,
-- and hand them executions.
with forgotten as (
    delete from orleans_members
), raised as (
    update orleans_clusters set version = version + 1
)
insert into settings (name, value) values ($1, $2)
on conflict (name) do update set value = excluded.value;

-- Settings that the silos of a store share.

-- name: CreateSetting :exec
insert into settings (name, value) values (@name, @value) on conflict (name) do nothing;

-- name: DeleteSettings :exec
delete from settings where name = any (@names);

-- name: RewriteSettings :exec
-- Deleted values are not to be found in the file any more.
vacuum full settings;

-- name: MarkRestored :exec
-- Writes the mark of a restored store, and deletes the silos that the backup knows: they may live on the original store. Silos of the
-- copy would take them for members of their own cluster and hand them executions.
with forgotten as (
    delete from orleans_members
), raised as (
    update orleans_clusters set version = version + 1
)
insert into settings (name, value) values (@name, @value)
on conflict (name) do update set value = excluded.value;

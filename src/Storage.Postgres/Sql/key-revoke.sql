-- With the keys that it made, and with those that it replaced and theirs. A key that was replaced is revoked for good: nothing that it caused lives on.
with recursive ending (key_id) as (
    select key_id from api_keys where key_id = $1
    union
    select k.key_id from api_keys k join ending e on k.parent_id = e.key_id or k.replaced_by = e.key_id
), revoked as (
    update api_keys set revoked_at = coalesce(revoked_at, $2), replaced_by = null where key_id in (select key_id from ending) returning 1
)
select pg_notify('executiongrains', '- *keys') from revoked limit 1;

with created as (
    insert into secrets (name, value) values ($1, $2) on conflict (name) do nothing returning 1
)
select pg_notify('executiongrains', '- *keys') from created;

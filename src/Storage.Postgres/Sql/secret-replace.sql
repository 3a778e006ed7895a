with replaced as (
    update secrets set value = $2 where name = $1 and value = $3 returning 1
)
select pg_notify('executiongrains', '- *keys') from replaced;

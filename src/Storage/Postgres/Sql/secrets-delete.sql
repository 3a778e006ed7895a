with deleted as (
    delete from secrets returning 1
)
select pg_notify('executiongrains', '- *keys') from deleted limit 1;

with deleted as (
    delete from secrets returning 1
), unsealed as (
    -- What the secrets signed is void: the chain begins anew.
    update audit set sequence = null, hash = null where sequence is not null
), unsigned as (
    delete from audit_checkpoints
)
select pg_notify('executiongrains', '- *keys') from deleted limit 1;

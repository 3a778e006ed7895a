select
    (select count(*) from audit where sequence is not null),
    (select count(*) from audit where sequence is null),
    (select min(at) from audit where sequence is null),
    coalesce((select sequence from audit_checkpoints where name = 'start'), 0),
    coalesce((select sequence from audit_checkpoints where name = 'head'), 0);

-- The place of a row in the hash chain; null while it is not sealed.
alter table audit add column sequence integer;
alter table audit add column hash blob;
create unique index audit_sequence on audit (sequence) where sequence is not null;
create index audit_unsealed on audit (number) where sequence is null;

-- Where the chain starts and ends, signed.
create table audit_checkpoints (
    name      text    not null primary key,
    sequence  integer not null,
    hash      blob    not null,
    at        integer not null,
    signature blob    not null
) without rowid;

-- The place of a row in the hash chain; null while it is not sealed.
alter table audit add column sequence bigint;
alter table audit add column hash bytea;
create unique index audit_sequence on audit (sequence) where sequence is not null;
create index audit_unsealed on audit (number) where sequence is null;

-- Where the chain starts and ends, signed.
create table audit_checkpoints (
    name      text collate "C" not null primary key,
    sequence  bigint not null,
    hash      bytea not null,
    at        bigint not null,
    signature bytea not null
);

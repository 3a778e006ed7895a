alter table api_keys add column parent_id text collate "C";
alter table api_keys add column replaced_by text collate "C";

-- The hashes that keys had before they were rotated.
create table previous_key_hashes (
    hash       bytea not null primary key,
    key_id     text collate "C" not null,
    expires_at bigint not null
);

-- Wrapped by a key outside the database.
create table secrets (
    name  text collate "C" not null primary key,
    value bytea not null
);

alter table api_keys add column parent_id text;
alter table api_keys add column replaced_by text;

-- The hashes that keys had before they were rotated.
create table previous_key_hashes (
    hash       blob    not null primary key,
    key_id     text    not null,
    expires_at integer not null
) without rowid;

-- Wrapped by a key outside the database.
create table secrets (
    name  text not null primary key,
    value blob not null
);

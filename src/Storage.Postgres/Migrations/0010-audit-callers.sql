-- Whom a row names beside its word for it; null in rows of before.
alter table audit add column key_id text collate "C";
alter table audit add column key_name text collate "C";
alter table audit add column claims text;
alter table audit add column address text;
alter table audit add column trace_id text;

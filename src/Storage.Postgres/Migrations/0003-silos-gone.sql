-- Since when a silo is gone: it said that it leaves, or was found dead. Null: it is held for alive. Nobody asks after those of before.
alter table silos add column gone_at bigint;

update silos set gone_at = alive_at;

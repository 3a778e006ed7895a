-- Executions whose row is gone and whose history, steps and logs are being deleted in batches.
create table deletions (
    execution bigint  not null primary key,
    day       integer not null
);

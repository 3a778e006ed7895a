-- Executions whose row is gone and whose history, steps, logs and ids are being deleted in batches: the newest rows of their chains that are left. Their
-- numbers are not given again before the end.
create table deletions (
    execution    integer primary key,
    last_history integer,
    last_step    integer
);

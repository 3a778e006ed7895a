-- One day of all that grows with an execution. Made apart and then attached: that takes no lock that a reader or a writer would wait for
-- (create table … partition of would take one). What is given here is not inherited by partitions, so it is said once per day:
--   history, logs  are only inserted into: vacuum has nothing to clean, and freezes each page once (insert_scale_factor); lookups go by whole
--                  keys, so that statistics matter little (analyze_scale_factor).
--   steps          are written at their start and once more at their end: a fifth of a page is left for the second version.

create table history_{day} (like history including all) with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
alter table history attach partition history_{day} for values from ({number}) to ({next});

create table steps_{day} (like steps including all) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.5);
alter table steps attach partition steps_{day} for values from ({number}) to ({next});

create table logs_{day} (like logs including all) with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
alter table logs attach partition logs_{day} for values from ({number}) to ({next});

create table rejections_{day} (like rejections including all) with (fillfactor = 80);
alter table rejections attach partition rejections_{day} for values from ({number}) to ({next});

create table evidence_{day} (like evidence including all);
alter table evidence attach partition evidence_{day} for values from ({number}) to ({next});

create table final_payloads_{day} (like final_payloads including all);
alter table final_payloads attach partition final_payloads_{day} for values from ({number}) to ({next});

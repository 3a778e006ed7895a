-- One day of all that grows with an execution. Made apart and then attached: that takes no lock that a reader or a writer would wait for
-- (create table … partition of would take one). What is given here is not inherited by partitions, so it is said once per day:
--   history, logs  are only inserted into: vacuum has nothing to clean, and freezes each page once (insert_scale_factor); lookups go by whole
--                  keys, so that statistics matter little (analyze_scale_factor).
--   steps          are written at their start and once more at their end: room is left in the page for the second version, which is the larger one
--                  and then touches no index (HOT). With half a page free, 18 % did not fit. No index may hold what a step's end changes.
-- That an event id or a step is new is said by a unique index: to ask before each insert was a quarter of a commit. It begins with one number, the
-- execution's and 24 bits of the text's hash, which tells nearly all apart. So what one execution writes lies side by side, and only the pages of
-- those that are at work are touched: with the whole hash in front every event went to a page of its own, and the day's index had to fit in memory.
-- (Shift, and, or are of one precedence here: hence every parenthesis.)

create table history_{day} (like history including all) with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
create unique index history_{day}_sequence on history_{day} (execution, sequence);
create unique index history_{day}_event on history_{day} (((execution << 24) | (hashtextextended(event_id, 0) & 16777215)), event_id) where takes_event_id;
alter table history attach partition history_{day} for values from ({number}) to ({next});

create table steps_{day} (like steps including all) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.5);
create unique index steps_{day}_sequence on steps_{day} (execution, sequence);
create unique index steps_{day}_step on steps_{day} (((execution << 24) | (hashtextextended(step_id, epoch) & 16777215)), step_id, epoch);
alter table steps attach partition steps_{day} for values from ({number}) to ({next});

create table logs_{day} (like logs including all) with (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
create unique index logs_{day}_sequence on logs_{day} (execution, sequence);
alter table logs attach partition logs_{day} for values from ({number}) to ({next});

create table rejections_{day} (like rejections including all) with (fillfactor = 80);
alter table rejections attach partition rejections_{day} for values from ({number}) to ({next});

create table evidence_{day} (like evidence including all);
alter table evidence attach partition evidence_{day} for values from ({number}) to ({next});

create table final_payloads_{day} (like final_payloads including all);
alter table final_payloads attach partition final_payloads_{day} for values from ({number}) to ({next});

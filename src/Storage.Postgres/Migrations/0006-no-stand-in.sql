-- Grain states and reminders of the stand-in runtime, which is gone. Orleans keeps its own in the tables orleans_….
drop table grain_states;

drop table reminders;

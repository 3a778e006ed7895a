-- Reminders of the stand-in runtime, which is gone. A single silo on Orleans keeps its reminders in memory.
drop table reminders;

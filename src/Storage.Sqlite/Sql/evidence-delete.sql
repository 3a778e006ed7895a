delete from evidence where execution = $execution;

delete from logs where execution = $execution;

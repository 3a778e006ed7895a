delete from taken_ids where execution = $execution;

delete from deletions where execution = $execution;

select execution, last_history, last_step from deletions where $execution is null or execution = $execution order by execution limit 1;

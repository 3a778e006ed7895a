select commit_id from history where day = $day and execution_id = $execution_id and sequence = $sequence;

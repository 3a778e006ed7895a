select commit_id from history where day = $1 and execution_id = $2 and sequence = $3;

select commit_id from history where day = $1 and execution = (select number from executions where id = $2) and sequence = $3;

select event_id, hash, result, code, commit_id
from history indexed by history_event
where day = $day and execution_id = $execution_id and event_id = $event_id and takes_event_id = 1;

select event_id, hash, result, code, commit_id
from history indexed by history_event
where execution = $execution and event_id = $event_id and takes_event_id = 1;

update steps
set status = $status, ended_at = max(started_at, $at), tracker_ended_at = $at
where day = $day and execution_id = $execution_id and epoch = $epoch and status = 'running';

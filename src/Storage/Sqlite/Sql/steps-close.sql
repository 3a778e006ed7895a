update steps
set status = $status, ended_at = max(started_at, $at), tracker_ended_at = $at
where execution = $execution and epoch = $epoch and status = 'running';

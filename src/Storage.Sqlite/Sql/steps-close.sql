update steps
set status = $status, ended_at = case when $at >= started_at then $at else max(started_at, $tracker_at) end, tracker_ended_at = $tracker_at
where execution = $execution and epoch = $epoch and status = 'running';

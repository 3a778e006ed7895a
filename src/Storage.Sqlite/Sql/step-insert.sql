insert into steps (
    execution, previous, epoch, step_id, sequence, status, block, block_type, parent_step_id, started_at, ended_at, tracker_started_at,
    tracker_ended_at, cost, memory_bytes, start_hash, end_hash, error, input, output)
values (
    $execution, $previous, $epoch, $step_id, $sequence, $status, $block, $block_type, $parent_step_id, $started_at, $ended_at,
    $tracker_started_at, $tracker_ended_at, $cost, $memory_bytes, $start_hash, $end_hash, $error, $input, $output);

update steps
set status = $status, block = $block, block_type = $block_type, parent_step_id = $parent_step_id, started_at = $started_at,
    ended_at = $ended_at, tracker_started_at = $tracker_started_at, tracker_ended_at = $tracker_ended_at, cost = $cost,
    memory_bytes = $memory_bytes, start_hash = $start_hash, end_hash = $end_hash, error = $error, input = $input, output = $output
where number = $number;

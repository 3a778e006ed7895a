update deletions set last_history = $last_history, last_step = $last_step where execution = $execution;

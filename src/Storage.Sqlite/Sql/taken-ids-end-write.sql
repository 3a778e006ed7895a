update taken_ids_end set history = max(history, $history), steps = max(steps, $steps);

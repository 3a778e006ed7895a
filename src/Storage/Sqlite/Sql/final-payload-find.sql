select output, error from final_payloads where day = $day and execution_id = $execution_id and epoch = $epoch;

select output, error from final_payloads where execution = (select number from executions where id = $execution_id) and epoch = $epoch;

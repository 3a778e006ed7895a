select output, error from final_payloads where day = $1 and execution_id = $2 and epoch = $3;

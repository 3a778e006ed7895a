delete from final_payloads where execution = $execution;

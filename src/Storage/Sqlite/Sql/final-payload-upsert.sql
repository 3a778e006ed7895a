insert into final_payloads (day, execution_id, epoch, output, error) values ($day, $execution_id, $epoch, $output, $error)
on conflict (day, execution_id, epoch) do update set output = excluded.output, error = excluded.error;

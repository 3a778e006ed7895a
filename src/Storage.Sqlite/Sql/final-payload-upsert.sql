insert into final_payloads (execution, epoch, output, error) values ($execution, $epoch, $output, $error)
on conflict (execution, epoch) do update set output = excluded.output, error = excluded.error;

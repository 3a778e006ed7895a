insert into execution_labels (key, value, created_at, execution_id) values ($key, $value, $created_at, $execution_id)
on conflict do nothing;

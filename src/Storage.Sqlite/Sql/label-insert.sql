insert into execution_labels (key, value, facet, created_at, execution_id) values ($key, $value, $facet, $created_at, $execution_id)
on conflict do nothing;

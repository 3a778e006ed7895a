delete from execution_labels where key = $key and value = $value and facet = $facet and created_at = $created_at and execution_id = $execution_id;

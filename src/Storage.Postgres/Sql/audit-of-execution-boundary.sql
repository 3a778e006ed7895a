select number from audit where execution_id = $3 and number < $1 order by number desc limit 1 offset $2 - 1;

select id, due_at from executions indexed by executions_due
where bucket = $bucket and due_at <= $now and (due_at, id) > ($after_due_at, $after_id)
order by due_at, id
limit $limit;

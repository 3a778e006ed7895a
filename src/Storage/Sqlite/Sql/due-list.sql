select id from executions indexed by executions_due
where bucket = $bucket and due_at <= $now
order by due_at
limit $limit;

select id, due_at from executions
where bucket = $1 and due_at <= $2 and (due_at, id) > ($3, $4)
order by due_at, id
limit $5;

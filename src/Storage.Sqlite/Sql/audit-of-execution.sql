-- As audit-page, of one execution.
select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id
from (select * from audit indexed by audit_execution where execution_id = $execution_id and number < $before order by number desc limit $examine)
where ($namespaces is null or namespace in (select value from json_each($namespaces)))
  and ($by is null or by = $by) and ($action is null or action = $action) and ($from is null or at >= $from) and ($to is null or at < $to)
order by number desc
limit $limit;

select number, at, by, action, execution_id, namespace, reason
from (select * from audit where number > $after order by number limit $examine)
where $namespaces is null or namespace in (select value from json_each($namespaces))
limit $limit;

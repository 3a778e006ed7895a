select number, at, by, action, execution_id, namespace, reason
from (select * from audit where number > $1 order by number limit $2) as examined
where $3::text[] is null or namespace = any ($3)
limit $4;

select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id
from (select * from audit where number < $1 order by number desc limit $2) as examined
where ($3::text[] is null or namespace = any ($3))
  and ($5::text is null or by = $5) and ($6::text is null or action = $6) and ($7::bigint is null or at >= $7) and ($8::bigint is null or at < $8)
order by number desc
limit $4;

select number, at, by, action, execution_id, namespace, reason, key_id, key_name, claims, address, trace_id, sequence, hash
from audit where number > $after order by number limit $limit;

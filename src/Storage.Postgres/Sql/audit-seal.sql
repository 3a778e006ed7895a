update audit set sequence = x.sequence, hash = x.hash
from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as x (number, sequence, hash)
where audit.number = x.number and audit.sequence is null
returning 1;

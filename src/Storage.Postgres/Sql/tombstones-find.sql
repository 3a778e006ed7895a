-- Whether executions that were to be made were forgotten: the hashes of those that are.
select a.id_hash
from unnest($1::bytea[], $2::bigint[]) as a (id_hash, at)
where exists (select from tombstones as t where t.id_hash = a.id_hash and t.expires_at > a.at offset 0);

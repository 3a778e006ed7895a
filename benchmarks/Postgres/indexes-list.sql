select pg_get_indexdef(i.indexrelid), i.indexrelid::regclass::text
from pg_index as i
where i.indrelid = 'executions'::regclass and not i.indisprimary;

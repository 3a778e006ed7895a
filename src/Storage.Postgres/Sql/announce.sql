select pg_notify('executiongrains', payload) from unnest($1::text[]) payload

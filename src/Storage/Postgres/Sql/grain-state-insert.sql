insert into grain_states (grain, name, state, etag) values ($1, $2, $3, $4) on conflict do nothing;

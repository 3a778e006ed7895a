insert into grain_states (grain, name, state, etag) values ($grain, $name, $state, $etag) on conflict do nothing;

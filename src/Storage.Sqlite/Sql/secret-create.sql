insert into secrets (name, value) values ($name, $value) on conflict (name) do nothing;

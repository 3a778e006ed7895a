insert into outages (from_at, to_at) values ($1, $2);

insert into outages (from_at, to_at) values ($from_at, $to_at);

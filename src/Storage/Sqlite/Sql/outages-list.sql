select from_at, to_at from outages where to_at > $since order by to_at, number;

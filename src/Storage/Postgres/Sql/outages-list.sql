select from_at, to_at from outages where to_at > $1 order by to_at, number;

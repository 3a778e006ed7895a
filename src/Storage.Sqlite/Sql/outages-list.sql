select from_at, to_at from
    (select from_at, to_at, number from outages order by to_at desc, number desc limit $limit)
order by to_at, number;

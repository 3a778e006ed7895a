select from_at, to_at
from (select from_at, to_at, number from outages order by to_at desc, number desc limit $1) as newest
order by to_at, number;

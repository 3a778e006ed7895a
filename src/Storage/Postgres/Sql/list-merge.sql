-- The places of several drivers, one per row of d, and which one each is of.
select s.created_at, s.id, d.combination
from unnest({arrays}) with ordinality as d ({names}, combination)
cross join lateral ({places}) as s
order by s.created_at desc, s.id desc
limit ?

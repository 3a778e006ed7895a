-- The places of several drivers, one per row of d.
select s.created_at, s.id
from unnest({arrays}) as d ({names})
cross join lateral ({places}) as s
order by s.created_at desc, s.id desc
limit ?

-- The rows of places that were found by an index alone.
select e.created_at, e.id, e.state
from ({places}) as p
join executions as e on e.id = p.id
order by p.created_at desc, p.id desc

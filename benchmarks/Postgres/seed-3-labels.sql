insert into execution_labels (key, value, created_at, execution_id)
select l.key, l.value, s.created_at, s.id
from seeded as s, json_each_text(s.labels::json) as l
order by 1, 2, 3, 4;

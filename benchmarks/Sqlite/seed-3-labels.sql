insert into execution_labels (key, value, created_at, execution_id)
select key, value, created_at, id
from (
    select 'region' as key, json_extract(labels, '$.region') as value, created_at, id from seeded
    union all select 'team', json_extract(labels, '$.team'), created_at, id from seeded)
order by key, value, created_at, id;

insert into execution_labels (key, value, facet, created_at, execution_id)
select l.key, l.value, facet.value, l.created_at, l.id
from (
    select 'region' as key, json_extract(labels, '$.region') as value, created_at, id, status, workflow, namespace from seeded
    union all select 'team', json_extract(labels, '$.team'), created_at, id, status, workflow, namespace from seeded) as l,
    json_each(json_array('', 'status=' || l.status, 'workflow=' || l.workflow, 'namespace=' || l.namespace)) as facet
order by 1, 2, 3, 4, 5;

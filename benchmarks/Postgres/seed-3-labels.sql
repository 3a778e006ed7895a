insert into execution_labels (key, value, facet, created_at, execution_id)
select l.key, l.value, f.facet, s.created_at, s.id
from seeded as s, json_each_text(s.labels::json) as l,
    lateral (values (''), ('status=' || s.status), ('workflow=' || s.workflow), ('namespace=' || s.namespace)) as f (facet)
order by 1, 2, 3, 4, 5;

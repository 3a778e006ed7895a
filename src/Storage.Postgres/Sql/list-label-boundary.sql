-- How far the walk came that has examined so many, down to a place.
select created_at, execution_id as id
from execution_labels
where {driver} and (created_at, execution_id) < (?, ?) and (created_at, execution_id) >= (?, ?)
order by created_at desc, execution_id desc
limit 1 offset ? - 1

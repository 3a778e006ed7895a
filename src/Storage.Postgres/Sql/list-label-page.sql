-- The driver leads to nothing else than what is asked for.
select created_at, execution_id as id
from execution_labels
where {driver} and (created_at, execution_id) < (?, ?)
order by created_at desc, execution_id desc
limit ?

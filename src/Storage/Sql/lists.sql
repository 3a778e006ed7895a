-- name: CountRange :one
-- How many rows a range has, up to a limit.
select count(*)
from (select 1 from /* source { */ executions /* } */ where /* range { */ true /* } */ limit @most) as counted;

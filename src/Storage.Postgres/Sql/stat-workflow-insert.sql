-- Of each namespace as many as there is room for; $2 is how the names of a namespace begin.
insert into stat_workflows (workflow)
select n.workflow
from (
    select x.workflow, x.prefix, row_number() over (partition by x.prefix order by x.workflow) as number
    from unnest($1::text[], $2::text[]) as x (workflow, prefix)) as n
where n.number <= $3 - (select count(*) from stat_workflows as s where starts_with(s.workflow, n.prefix))
on conflict do nothing;

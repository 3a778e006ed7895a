insert into stat_workflows (workflow)
select workflow from unnest($1::text[]) as n (workflow)
limit greatest(0, $2 - (select count(*) from stat_workflows))
on conflict do nothing;

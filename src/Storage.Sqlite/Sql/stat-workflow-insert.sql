insert into stat_workflows (workflow) values ($workflow) on conflict do nothing;

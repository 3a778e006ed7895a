select 1 from stat_workflows where workflow = $workflow;

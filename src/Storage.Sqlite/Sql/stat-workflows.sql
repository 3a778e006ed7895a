select workflow from stat_workflows;

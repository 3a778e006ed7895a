select workflow from stat_workflows where workflow = any ($1::text[]);

select min(workflow) from stats where span = 60 and workflow > $workflow;

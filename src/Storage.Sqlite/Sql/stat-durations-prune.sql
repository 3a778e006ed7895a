delete from stat_durations where span = 60 and workflow = $workflow and at < $before;

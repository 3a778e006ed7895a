-- Figures by the minute of one workflow; $before is the first minute that stays.
delete from stats where span = 60 and workflow = $workflow and at < $before;

-- Figures by the minute of one workflow; $2 is the first minute that stays.
with durations as (
    delete from stat_durations where span = 60 and workflow = $1 and at < $2)
delete from stats where span = 60 and workflow = $1 and at < $2;

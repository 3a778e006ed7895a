-- Heartbeats later than $at_max were written by a clock that was wrong and do not count.
select max(alive_at) from silos where alive_at <= $at_max;

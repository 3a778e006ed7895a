delete from silos where alive_at < $before;

delete from silos where alive_at < $1;

select number from audit where number < $before order by number desc limit 1 offset $examine - 1;

select number from audit where number < $1 order by number desc limit 1 offset $2 - 1;

select number from audit where number > $after order by number limit 1 offset $examine - 1;

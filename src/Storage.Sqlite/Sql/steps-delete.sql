delete from steps where number = $number;

delete from history where number = $number;

delete from executions where number = $number;

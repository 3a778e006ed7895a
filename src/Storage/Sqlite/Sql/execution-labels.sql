select labels from executions where number = $number;

select state from executions where number = $number;

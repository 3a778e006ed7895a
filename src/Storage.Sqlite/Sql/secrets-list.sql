select name, value from secrets;

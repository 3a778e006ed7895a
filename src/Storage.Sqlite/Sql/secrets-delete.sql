delete from secrets;

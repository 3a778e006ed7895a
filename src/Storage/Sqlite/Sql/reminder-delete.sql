delete from reminders where grain = $grain and name = $name;

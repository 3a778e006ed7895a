select grain, name, start_at, period from reminders order by grain, name;

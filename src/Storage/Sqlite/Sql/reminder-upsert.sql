insert into reminders (grain, name, start_at, period) values ($grain, $name, $start_at, $period)
on conflict (grain, name) do update set start_at = excluded.start_at, period = excluded.period;

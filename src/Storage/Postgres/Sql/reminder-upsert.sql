insert into reminders (grain, name, start_at, period) values ($1, $2, $3, $4)
on conflict (grain, name) do update set start_at = excluded.start_at, period = excluded.period;

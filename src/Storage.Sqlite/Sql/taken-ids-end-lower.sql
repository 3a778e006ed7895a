-- The newest rows may be gone: numbers that are given again must not count as those of ids that are in the index already.
update taken_ids_end
set history = min(history, (select coalesce(max(number), 0) from history)), steps = min(steps, (select coalesce(max(number), 0) from steps));

select status, sum(count)::bigint
from live_counts
where workflow = $1 and ($2::text[] is null or namespace = any ($2))
group by status;

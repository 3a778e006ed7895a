select bucket, sum(count)::bigint
from stat_durations
where span = $1 and workflow = $2 and at >= $3 and at < $4
  and ($5::text[] is null or namespace = any ($5))
group by bucket;

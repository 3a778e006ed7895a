select bucket, sum(count)
from stat_durations
where span = $span and workflow = $workflow and at >= $from and at < $to
  and ($namespaces is null or namespace in (select value from json_each($namespaces)))
group by bucket;

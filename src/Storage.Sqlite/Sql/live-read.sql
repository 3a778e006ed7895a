select status, sum(count)
from live_counts
where workflow = $workflow and ($namespaces is null or namespace in (select value from json_each($namespaces)))
group by status;

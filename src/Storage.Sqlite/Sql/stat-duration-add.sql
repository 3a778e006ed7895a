insert into stat_durations (span, workflow, at, namespace, bucket, count) values ($span, $workflow, $at, $namespace, $bucket, $count)
on conflict (span, workflow, at, namespace, bucket) do update set count = count + excluded.count;

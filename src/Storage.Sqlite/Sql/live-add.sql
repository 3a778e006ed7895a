insert into live_counts (workflow, namespace, status, count) values ($workflow, $namespace, $status, $count)
on conflict (workflow, namespace, status) do update set count = count + excluded.count;

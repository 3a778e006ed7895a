insert into stats (span, workflow, at, namespace, kind, word, count) values ($span, $workflow, $at, $namespace, $kind, $word, $count)
on conflict (span, workflow, at, namespace, kind, word) do update set count = count + excluded.count;

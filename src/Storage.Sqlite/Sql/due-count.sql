select
    (select count(*) from executions indexed by executions_status where status in ('claimed', 'running')),
    (select count(*) from executions indexed by executions_due
     where bucket in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) and due_at <= $now and status in ('claimed', 'running'));

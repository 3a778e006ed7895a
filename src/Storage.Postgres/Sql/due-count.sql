select
    (select count(*) from executions where status in ('claimed', 'running')),
    (select count(*) from executions
     where bucket in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) and due_at <= $1 and status in ('claimed', 'running'));

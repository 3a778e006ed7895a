-- For this transaction: what is added up is planned for what is asked, unlike a list.
set local plan_cache_mode = force_custom_plan;
set local enable_sort = on;
set local enable_bitmapscan = on;
set local max_parallel_workers_per_gather = 0;

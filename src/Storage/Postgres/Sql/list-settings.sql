-- For this transaction: a list walks an index in its order, however few rows the planner believes it will find.
set local enable_seqscan = off;
set local enable_bitmapscan = off;
set local enable_sort = off;
set local enable_incremental_sort = off;
set local enable_hashjoin = off;
set local enable_mergejoin = off;
set local jit = off;

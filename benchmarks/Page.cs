namespace ExecutionGrains.Bench;

/// <summary>docs/benchmarks.md.</summary>
internal static class Page
{
    public static string Of(Header head, Table table) => $"""
        # Benchmarks

        Written by `./bench`, which measures all of it in one run and writes this page anew; by hand it is not to be changed.

        ![Every row against its budget](benchmarks.svg)

        {head}

        {table.Markdown().TrimEnd()}

        **How to read it.** Budgets are ratios within one run on one machine. What a row is held against runs by turns with it, in slices (rows 1 to 4: four of 4 s, after 12 s), so that whatever
        else the machine does hits both; the range in brackets is that of single slices. *Load* is the load average of the last minute when a row was done.

        - The baseline is what trackers do today in its strongest form: one statement and one transaction per event, a row of 1,000 bytes updated and 200 bytes of
          history inserted. On PostgreSQL `benchmarks/per-event.sql` under `pgbench -M prepared -c 16 -j 2 -T 10`, on the same private server; on SQLite the same by
          prepared statements on one connection. Both wait for the disk at every commit, as the store does.
        - The private server is set up as [postgres.md](postgres.md) says, and begins with 4 GB of log segments in stock, as one has that has been written to for a while. The baseline runs on it, too.
        - Each row has a database of its own, and the databases of the rows before it are dropped first (on PostgreSQL that is a checkpoint, too): their vacuum and write-back is no part of it. Those of its own,
          and of the baseline, are.
        - Rows 1 to 3, 5a, 6 to 8, 11 and 12 are calls of the grain interface within a whole silo in the bench's process, composed by the silo's own program. In rows 4, 5b and 14 the silo is a
          process of its own; in 4 and 5b the bench is its client on the same cores.
        - Row 5: calls come when they are due, to the millisecond, whether or not those before them have been answered, and wait from that moment on.
        - Row 8: the time is that of the sweeps; a silo begins them at most one period (1 min) later.
        - Rows 9 and 10: after 6 s of such pages and reads, one try is the fastest of three; row 9 asks its filters by turns, a hundred times each: they are every one of the list's alone and with status, workflow, namespace and a window of time.
        - Rows 11 and 12 ask nothing of a store.
        - Row 14: a silo process without callers. The first answer is that of `/health/ready`, timed from the start of the process. CPU is measured during the second minute, memory at its end.
        - Row 13 is for sizing ([scale-out.md](scale-out.md)): rows of history and steps with their indexes; WAL without the full pages that follow a checkpoint.

        """;
}

-- A deletion that no other silo is at work on; of one execution, or of any.
select execution, day from deletions where $1::bigint is null or execution = $1 order by execution limit 1 for update skip locked;

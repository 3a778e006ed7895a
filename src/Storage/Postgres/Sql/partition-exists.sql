-- Asked of the catalog's rows: a lookup by name (to_regclass) may answer from a cache that has not heard of another silo's commit yet.
select exists (
    select from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'history'::regclass and c.relname = 'history_{day}');

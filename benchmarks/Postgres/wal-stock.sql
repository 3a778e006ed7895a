-- 256 log segments (4 GB, as much as max_wal_size), written once, so that the server finds every one that it needs: as one has them that has been written to for a while.
-- The slot keeps them until all are there; the checkpoint names them anew.
select pg_create_physical_replication_slot('stock', immediately_reserve => true);

do $$
begin
    for i in 1..256 loop
        perform pg_logical_emit_message(false, 'stock', '');
        perform pg_switch_wal();
    end loop;
end
$$;

select pg_drop_replication_slot('stock');

checkpoint;

-- Preallocates 256 log segments (4 GB, equal to max_wal_size), so that the server does not create new ones during the measurement.
-- A server that has been in use for a while is in the same state. The slot keeps the segments until all exist, then the checkpoint recycles them.
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

-- Grain states of a single silo: the janitors' records. A write states the tag (etag) that it saw.

-- name: ReadGrainState :one
select state, etag from grain_states where grain = @grain and name = @name;

-- name: InsertGrainState :execrows
insert into grain_states (grain, name, state, etag) values (@grain, @name, @state, @etag) on conflict do nothing;

-- name: UpdateGrainState :execrows
update grain_states set state = @state, etag = @etag where grain = @grain and name = @name and etag = @expected;

-- name: ClearGrainState :execrows
delete from grain_states where grain = @grain and name = @name and (@expected is null or etag = @expected);

delete from grain_states where grain = $1 and name = $2 and ($3::text is null or etag = $3);

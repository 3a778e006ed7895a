update grain_states set state = $1, etag = $2 where grain = $3 and name = $4 and etag = $5;

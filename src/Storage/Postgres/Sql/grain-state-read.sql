select state, etag from grain_states where grain = $1 and name = $2;

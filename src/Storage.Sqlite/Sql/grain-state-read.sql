select state, etag from grain_states where grain = $grain and name = $name;

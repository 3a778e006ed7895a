delete from grain_states where grain = $grain and name = $name and ($expected is null or etag = $expected);

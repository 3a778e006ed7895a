update grain_states set state = $state, etag = $etag where grain = $grain and name = $name and etag = $expected;

delete from logs where execution = $execution and sequence in (select sequence from logs where execution = $execution limit $limit);

delete from deletions where execution = $1;

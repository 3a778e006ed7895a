delete from settings where name = any($1);

delete from settings where name = $name;

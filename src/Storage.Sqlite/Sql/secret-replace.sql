update secrets set value = $value where name = $name and value = $expected;

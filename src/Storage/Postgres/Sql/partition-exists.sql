select to_regclass('history_{day}') is not null;

update audit set sequence = null, hash = null where sequence is not null;

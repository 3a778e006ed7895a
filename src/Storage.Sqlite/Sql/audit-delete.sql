delete from audit where sequence <= $sequence;

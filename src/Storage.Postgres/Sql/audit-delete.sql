delete from audit where sequence <= $1;

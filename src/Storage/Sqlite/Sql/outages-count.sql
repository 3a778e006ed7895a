select count(*) from outages;

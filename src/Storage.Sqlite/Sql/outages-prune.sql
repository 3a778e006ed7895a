-- Nothing unless there are 100 to delete: a reader that counts outages must notice a new one beside those that go.
delete from outages
where number <= (select number from outages order by number desc limit 1 offset $kept)
  and (select count(*) from outages) >= $kept + 100;

delete from taken_ids where execution = $execution
  and (epoch, id) in (select epoch, id from taken_ids where execution = $execution limit $limit);

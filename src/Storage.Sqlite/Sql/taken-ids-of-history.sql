select execution, epoch, event_id, number from history where number > (select history from taken_ids_end) and takes_event_id = 1;

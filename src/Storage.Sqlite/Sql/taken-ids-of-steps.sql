select execution, epoch, step_id, number from steps where number > (select steps from taken_ids_end);

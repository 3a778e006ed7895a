insert into taken_ids (execution, epoch, id, number) values ($execution, $epoch, $id, $number) on conflict do nothing;

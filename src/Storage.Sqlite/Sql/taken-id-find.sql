select number from taken_ids where execution = $execution and epoch = $epoch and id = $id;

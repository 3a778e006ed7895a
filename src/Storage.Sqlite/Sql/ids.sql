-- Ids that an execution has taken, of events and steps (IdIndex). The index follows some thousand ids behind: the newest are known to the
-- writer only, which reads them from their rows when it opens the file. taken_ids_end says up to which rows the index is complete.

-- name: FindTakenId :one
select number from taken_ids where execution = @execution and epoch = @space and id = @id;

-- name: InsertTakenId :exec
insert into taken_ids (execution, epoch, id, number) values (@execution, @space, @id, @number) on conflict do nothing;

-- name: ListIdsOfHistory :many
select execution, epoch, event_id, number from history where number > (select history from taken_ids_end) and takes_event_id = 1;

-- name: ListIdsOfSteps :many
select execution, epoch, step_id, number from steps where number > (select steps from taken_ids_end);

-- name: RaiseTakenIdsEnd :exec
update taken_ids_end set history = max(history, @history), steps = max(steps, @steps);

-- name: LowerTakenIdsEnd :exec
-- After a deletion the newest rows may be gone. Their numbers are given again, and must not count as rows that the index has already.
update taken_ids_end
set history = min(history, (select coalesce(max(number), 0) from history)), steps = min(steps, (select coalesce(max(number), 0) from steps));

-- name: DeleteTakenIds :execrows
delete from taken_ids where execution = @execution
  and (epoch, id) in (select epoch, id from taken_ids where execution = @execution limit @row_max);

-- name: LoadExecution :one
select state from executions where id = @id;

-- name: ReadSequences :one
-- The sequences of the newest history line and the newest step; 0 where there is none.
select history_sequence, step_sequence from executions where id = @id;

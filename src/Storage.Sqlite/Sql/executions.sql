-- Executions: one row each. The row is the grain's memory, the guard of every write, the due-list, and what lists show.
-- An update writes every index that holds one of the columns it sets, changed or not. So there are five updates, tried from the cheapest to
-- the one that sets all columns; each states the columns that must not have changed, and changes no row if one has.

-- name: LoadExecutionByNumber :one
select state from executions where number = @number;

-- name: ReadRevision :one
select revision from executions where id = @id;

-- name: ReadWritePosition :one
select number, revision, last_history, history_sequence, last_step, step_sequence from executions where id = @id;

-- name: NextExecutionNumber :one
-- The number of a deleted execution is free once its rows are gone.
select max((select coalesce(max(number), 0) from executions), (select coalesce(max(execution), 0) from deletions)) + 1;

-- name: ListDue :many
select id, due_at from executions indexed by executions_due
where bucket = @bucket and due_at <= @now and (due_at, id) > (@after_due_at, @after_id)
order by due_at, id
limit @row_max;

-- name: CountDue :one
-- The bucket is listed value by value because the index executions_due begins with it.
select
    (select count(*) from executions indexed by executions_status where status in ('claimed', 'running')),
    (select count(*) from executions indexed by executions_due
     where bucket in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) and due_at <= @now and status in ('claimed', 'running'));

-- name: InsertExecution :exec
insert into executions (
    number, id, bucket, namespace, workflow, status, cause, revision, epoch, due_at, created_at, started_at, ended_at, worker_id,
    triggered_by, resolution, late_count, labels, last_history, history_sequence, last_step, step_sequence, closed_at, duration, epochs, state)
values (
    @number, @id, @bucket, @namespace, @workflow, @status, @cause, @revision, @epoch, @due_at, @created_at, @started_at, @ended_at,
    @worker_id, @triggered_by, @resolution, @late_count, @labels, @last_history, @history_sequence, @last_step, @step_sequence,
    @closed_at, @duration, @epochs, @state);

-- name: AdvanceExecution :execrows
-- The append says that nothing in the lists has changed. No row: due_at has moved, try TouchExecution.
update executions
set revision = @revision, last_history = @last_history, history_sequence = @history_sequence, last_step = @last_step, step_sequence = @step_sequence,
    state = @state
where number = @number and revision = @base_revision and due_at is @due_at;

-- name: TouchExecution :execrows
-- Nothing that an index holds has changed, so no index is written. No row: try RenewExecution.
update executions
set revision = @revision, epoch = @epoch, last_history = @last_history, history_sequence = @history_sequence,
    last_step = @last_step, step_sequence = @step_sequence, state = @state
where number = @number and revision = @base_revision
  and namespace = @namespace and workflow = @workflow and created_at = @created_at and started_at is @started_at and worker_id is @worker_id
  and triggered_by is @triggered_by and resolution is @resolution and late_count = @late_count and labels is @labels
  and ended_at is @ended_at and closed_at is @closed_at and epochs is @epochs and status = @status and cause is @cause and due_at is @due_at;

-- name: RenewExecution :execrows
-- Only due_at has moved (the lease): one index is written. No row: try MoveExecution.
update executions
set revision = @revision, epoch = @epoch, last_history = @last_history, history_sequence = @history_sequence,
    last_step = @last_step, step_sequence = @step_sequence, state = @state, due_at = @due_at
where number = @number and revision = @base_revision
  and namespace = @namespace and workflow = @workflow and created_at = @created_at and started_at is @started_at and worker_id is @worker_id
  and triggered_by is @triggered_by and resolution is @resolution and late_count = @late_count and labels is @labels
  and ended_at is @ended_at and closed_at is @closed_at and epochs is @epochs and status = @status and cause is @cause;

-- name: MoveExecution :execrows
-- The status, its cause and the end have changed: indexes without them are not written. No row: use UpdateExecution.
update executions
set revision = @revision, epoch = @epoch, last_history = @last_history, history_sequence = @history_sequence,
    last_step = @last_step, step_sequence = @step_sequence, state = @state, due_at = @due_at, ended_at = @ended_at, closed_at = @closed_at,
    duration = @duration, status = @status, cause = @cause
where number = @number and revision = @base_revision
  and namespace = @namespace and workflow = @workflow and created_at = @created_at and started_at is @started_at and worker_id is @worker_id
  and triggered_by is @triggered_by and resolution is @resolution and late_count = @late_count and labels is @labels
  and epochs is @epochs;

-- name: UpdateExecution :execrows
update executions
set revision = @revision, epoch = @epoch, last_history = @last_history, history_sequence = @history_sequence,
    last_step = @last_step, step_sequence = @step_sequence, state = @state, due_at = @due_at, ended_at = @ended_at, closed_at = @closed_at,
    duration = @duration, status = @status, cause = @cause, namespace = @namespace, workflow = @workflow, created_at = @created_at,
    started_at = @started_at, worker_id = @worker_id, triggered_by = @triggered_by, resolution = @resolution, late_count = @late_count,
    labels = @labels, epochs = @epochs
where number = @number and revision = @base_revision;

-- name: ReadLabels :one
select labels, status, workflow, namespace from executions where number = @number;

-- name: InsertLabel :exec
insert into execution_labels (key, value, facet, created_at, execution_id) values (@key, @value, @facet, @created_at, @execution_id)
on conflict do nothing;

-- name: DeleteLabel :exec
delete from execution_labels where key = @key and value = @value and facet = @facet and created_at = @created_at and execution_id = @execution_id;

-- name: DeleteExecution :exec
delete from executions where number = @execution;

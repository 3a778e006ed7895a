-- name: ListCountedWorkflows :many
select workflow from stat_workflows;

-- name: FindNextWorkflow :one
-- The next workflow that has figures per minute; null after the last.
select min(workflow) from stats where span = 60 and workflow > @workflow;

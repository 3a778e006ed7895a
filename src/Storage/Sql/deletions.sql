-- name: EndDeletion :exec
delete from deletions where execution = @execution;

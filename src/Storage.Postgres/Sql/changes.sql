-- Announcements between silos (PostgresChanges).

-- name: AnnounceChanges :exec
select pg_notify('executiongrains', payload) from unnest(@payloads::text[]) payload;

-- name: ListenForChanges :exec
listen executiongrains;

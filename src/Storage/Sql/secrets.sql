-- name: ListSecrets :many
select name, value from secrets;

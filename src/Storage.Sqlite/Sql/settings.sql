-- Settings of the store.

-- name: DeleteSetting :exec
delete from settings where name = @name;

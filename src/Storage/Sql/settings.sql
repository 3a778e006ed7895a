-- name: ReadSetting :one
select value from settings where name = @name;

-- name: WriteSetting :exec
insert into settings (name, value) values (@name, @value)
on conflict (name) do update set value = excluded.value;

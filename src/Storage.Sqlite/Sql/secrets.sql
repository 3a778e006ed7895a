-- Secrets, wrapped by the master key.

-- name: CreateSecret :execrows
insert into secrets (name, value) values (@name, @value) on conflict (name) do nothing;

-- name: ReplaceSecret :execrows
update secrets set value = @value where name = @name and value = @expected;

-- name: DeleteSecrets :execrows
delete from secrets;

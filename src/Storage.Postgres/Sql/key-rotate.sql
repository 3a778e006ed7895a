with expired as (
    delete from previous_key_hashes where expires_at <= $4
), found as (
    select key_id, hash from api_keys where key_id = $1 and revoked_at is null for update
), shortened as (
    update previous_key_hashes set expires_at = least(expires_at, $3) where key_id = $1 and expires_at > $4
), retired as (
    insert into previous_key_hashes (hash, key_id, expires_at) select hash, key_id, $3 from found
), rotated as (
    update api_keys set hash = $2 where key_id in (select key_id from found) returning 1
)
select pg_notify('executiongrains', '- *keys') from rotated;

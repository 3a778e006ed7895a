-- Up to $2 rows each of what an execution leaves behind; gives the largest count. A row of history is found by its tag, and one without a tag by its
-- sequence, as the indexes have it. A day has one partition, so that a row's place (ctid) is of one table.
with events as (
    delete from history as h
    where h.day = {number} and h.ctid = any (array(
        select e.ctid from history as e
        where e.day = {number} and ((e.execution << 24) | e.tag) between ($1::bigint << 24) and (($1::bigint << 24) | 16777215) and e.tag is not null limit $2))
    returning 1),
other_lines as (
    delete from history as h
    where h.day = {number} and h.ctid = any (array(
        select e.ctid from history as e
        where e.day = {number} and e.execution = $1 and (e.sequence % 16 = 0 or e.tag is null) and e.tag is null limit $2))
    returning 1),
their_steps as (
    delete from steps as s
    where s.day = {number} and s.ctid = any (array(
        select e.ctid from steps as e
        where e.day = {number} and ((e.execution << 24) | e.tag) between ($1::bigint << 24) and (($1::bigint << 24) | 16777215) limit $2))
    returning 1),
their_logs as (
    delete from logs as l
    where l.day = {number} and l.ctid = any (array(select e.ctid from logs as e where e.day = {number} and e.execution = $1 limit $2))
    returning 1)
select greatest(
    (select count(*) from events), (select count(*) from other_lines), (select count(*) from their_steps), (select count(*) from their_logs));

-- Creates the tables of per-event.sql, with 1,000 executions.
create table executions (
    id          text primary key,
    version     bigint not null,
    status      smallint,
    lease_until timestamptz,
    started_at  timestamptz,
    state       bytea
) with (fillfactor = 70);

create table history (
    execution_id text,
    seq          bigint,
    kind         smallint,
    at           timestamptz,
    payload      bytea,
    primary key (execution_id, seq)
);

create table ids (n int, id text);
create index ids_n on ids (n);

insert into ids select n, 'execution-' || lpad(n::text, 4, '0') from generate_series(1, 1000) as n;
insert into executions select id, 0, 1, now(), now(), decode(repeat('ab', 1000), 'hex') from ids;

-- An event id is unique in its epoch. In taken_ids the events of epoch 1 keep 0, and those of later epochs are below it: 1 - epoch.
update taken_ids
set epoch = 1 - h.epoch
from history as h
where taken_ids.epoch = 0 and h.number = taken_ids.number and h.epoch > 1;

create table rejections_by_epoch (
    execution    integer not null,
    code         text    not null,
    epoch        integer not null,
    event_id     text    not null,
    type         text    not null,
    message      text    not null,
    count        integer not null,
    first_at     integer not null,
    last_at      integer not null,
    primary key (execution, code, epoch, event_id)
) without rowid;

-- Which epoch an older rejection or late event was of is not on record: 1 is by far the most frequent.
insert into rejections_by_epoch
select execution, code, 1, event_id, type, message, count, first_at, last_at from rejections;
drop table rejections;
alter table rejections_by_epoch rename to rejections;

alter table evidence add column epoch integer not null default 1;

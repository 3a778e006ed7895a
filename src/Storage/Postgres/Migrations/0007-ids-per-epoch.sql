-- An event id is unique in its epoch: the tag of a line of a later epoch is shifted by 10368889 (RowTag.EpochShift) per epoch. Only executions with several epochs change.
update history as h
set tag = ((h.tag + (h.epoch - 1)::bigint * 10368889) & 16777215)::int
from executions as e
where e.epoch > 1 and h.tag is not null and h.epoch > 1
    and ((h.execution << 24) | h.tag) between (e.number << 24) and ((e.number << 24) | 16777215);

-- A line names the tag of the one before it.
update history as n
set previous = p.tag
from executions as e, history as p
where e.epoch > 1 and p.execution = e.number and p.tag is not null and p.epoch > 1
    and n.day = p.day and n.execution = p.execution and n.sequence = p.sequence + 1;

update executions as e
set history_tag = p.tag
from history as p
where e.epoch > 1 and p.execution = e.number and p.sequence = e.history_sequence and p.tag is not null and p.epoch > 1;

-- Which epoch an older rejection or late event was of is not on record: 1 is by far the most frequent.
alter table rejections add column epoch integer not null default 1;
alter table rejections drop constraint rejections_pkey;
alter table rejections add constraint rejections_pkey primary key (execution_id, code, epoch, event_id, day);
alter table evidence add column epoch integer not null default 1;

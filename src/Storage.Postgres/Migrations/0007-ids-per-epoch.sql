-- An event id is unique in its epoch: the tag of a line of a later epoch is shifted by 10368889 (RowTag.EpochShift) per epoch, and a line names the tag of
-- the line before it. Silos that
-- know the older tags must not run beside this.
-- Only executions with several epochs change. Their lines are collected once, through the indexes of their day's partition, and joined here.
create temporary table lines on commit drop as
select h.day, h.execution, h.sequence, h.tag,
    case when h.epoch > 1 then ((h.tag + (h.epoch - 1)::bigint * 10368889) & 16777215)::int else h.tag end as shifted
from executions as e
join history as h on h.day = (e.created_at / 86400000000)::int
    and ((h.execution << 24) | h.tag) between (e.number << 24) and ((e.number << 24) | 16777215) and h.tag is not null
where e.epoch > 1
union all
select h.day, h.execution, h.sequence, null, null
from executions as e
join history as h on h.day = (e.created_at / 86400000000)::int
    and h.execution = e.number and (h.sequence % 16 = 0 or h.tag is null) and h.tag is null
where e.epoch > 1;

create temporary table changes on commit drop as
select *
from (
    select l.*, lag(tag) over before as previous, lag(shifted) over before as previous_shifted
    from lines as l
    window before as (partition by execution order by sequence)) as l
where (tag, previous) is distinct from (shifted, previous_shifted);

analyze changes;

update history as h
set tag = c.shifted, previous = c.previous_shifted
from changes as c
where h.day = c.day and ((h.execution << 24) | h.tag) = ((c.execution << 24) | c.tag) and h.tag is not null and h.sequence = c.sequence;

update history as h
set previous = c.previous_shifted
from changes as c
where c.tag is null and h.day = c.day and h.execution = c.execution and h.sequence = c.sequence and (h.sequence % 16 = 0 or h.tag is null);

update executions as e
set history_tag = c.shifted
from changes as c
where e.number = c.execution and e.history_sequence = c.sequence;

-- Which epoch an older rejection or late event was of is not on record: 1 is by far the most frequent.
alter table rejections add column epoch integer not null default 1;
alter table rejections drop constraint rejections_pkey;
alter table rejections add constraint rejections_pkey primary key (execution_id, code, epoch, event_id, day);
alter table evidence add column epoch integer not null default 1;

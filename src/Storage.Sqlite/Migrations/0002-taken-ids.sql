-- Which row of history has taken an event's id (epoch 0), and which row of steps is that of an epoch's step. Those of the rows beyond the end are not here yet: the
-- writer knows them, and brings an execution's together. In indexes of history and of steps each entry lay in a page of its execution's own, and these pages were most of what a commit wrote.
create table taken_ids (
    execution integer not null,
    epoch     integer not null,
    id        text    not null,
    number    integer not null,
    primary key (execution, epoch, id)
) without rowid;

create table taken_ids_end (
    history integer not null,
    steps   integer not null
);

insert into taken_ids (execution, epoch, id, number)
select execution, 0, event_id, number from history where takes_event_id = 1
union all
select execution, epoch, step_id, number from steps
order by 1, 2, 3;

insert into taken_ids_end (history, steps) values ((select coalesce(max(number), 0) from history), (select coalesce(max(number), 0) from steps));

drop index history_event;
drop index steps_step;

-- The id ends every index of lists, too. Where the planner finds a table of one row, all of them cost it the same, and it takes the newest: a silo that began with one
-- execution read all of them for each id, until the table was analyzed again. So the key is the newest. While it is made others read, and do not write; the rest takes a moment.
create unique index executions_by_id on executions (id);

-- The tags of what was the newest line and the newest step before the last update: its rows name them as previous. An update returns only what is new, so without
-- these columns it looked up the row that it changes once more.
alter table executions
    drop constraint executions_pkey,
    add constraint executions_pkey primary key using index executions_by_id,
    add column history_tag_before integer,
    add column step_tag_before integer;

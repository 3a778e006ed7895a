-- Times are unix microseconds. A day is the execution's creation day since 1970: what grows is partitioned by it, so that retention drops
-- partitions; within one it is the same everywhere, and so the last column of the keys. Partitions are made by the silo (partition-create.sql), which also says how each is stored and vacuumed.
-- Texts are compared by their bytes ("C"), as the program compares them; U+0000, which the engine cannot hold, is written as U+0001 U+0001.

create table executions (
    id           text collate "C" not null primary key,
    bucket       integer not null,
    namespace    text collate "C" not null,
    workflow     text collate "C" not null,
    status       text collate "C" not null,
    cause        text collate "C",
    revision     bigint not null,
    epoch        integer not null,
    due_at       bigint,
    created_at   bigint not null,
    started_at   bigint,
    ended_at     bigint,
    worker_id    text collate "C",
    triggered_by text collate "C",
    resolution   text collate "C",
    late_count   bigint not null,
    labels       text,
    state        bytea not null
) with (
    -- Half of every page stays free: one commit may write a new version of every row of a page, and only where the new one fits beside the old
    -- one, and no index holds what has changed, does the update touch no index (HOT). The next commit that comes by prunes the old versions.
    fillfactor = 50,
    -- A state is a few hundred bytes to a few KiB. Up to half a page it stays in its row: out of line, each event would write a second table.
    toast_tuple_target = 4080,
    -- Pruning does most of vacuum's work, but not that of updates that did move an index entry (status, due_at). Early and little, rather than
    -- late and much; the planner's figures follow a table that grows fast.
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 1
);

-- Text, not compressed: bytes that change at every event are not worth it.
alter table executions alter column state set storage external;

-- The list's order is (created_at, id), newest first. No index holds a column that every event changes.
-- The walk over all of them asks for (created_at | 0): so its index cannot be mistaken by the planner for a way through one workflow or status,
-- which it would be where all of that workflow is old.
create index executions_created on executions ((created_at | 0), id);
create index executions_status on executions (status, created_at, id);
create index executions_workflow on executions (workflow, created_at, id);
create index executions_workflow_status on executions (workflow, status, created_at, id);
create index executions_namespace on executions (namespace, created_at, id);
create index executions_namespace_status on executions (namespace, status, created_at, id);
create index executions_cause on executions (cause, created_at, id) where cause is not null;
create index executions_cause_workflow on executions (cause, workflow, created_at, id) where cause is not null;
create index executions_cause_namespace on executions (cause, namespace, created_at, id) where cause is not null;
create index executions_worker on executions (worker_id, created_at, id) where worker_id is not null;
create index executions_worker_status on executions (worker_id, status, created_at, id) where worker_id is not null;
create index executions_triggered on executions (triggered_by, created_at, id) where triggered_by is not null;
create index executions_triggered_status on executions (triggered_by, status, created_at, id) where triggered_by is not null;
create index executions_resolution on executions (resolution, created_at, id) where resolution is not null;
create index executions_late on executions (created_at, id) where late_count > 0;
create index executions_started on executions (started_at) where started_at is not null;
create index executions_due on executions (bucket, due_at, id, status) where due_at is not null;

create table execution_labels (
    key          text collate "C" not null,
    value        text collate "C" not null,
    created_at   bigint not null,
    execution_id text collate "C" not null,
    primary key (key, value, created_at, execution_id)
);

create table history (
    day            integer not null,
    execution_id   text collate "C" not null,
    sequence       bigint not null,
    at             bigint,
    tracker_at     bigint not null,
    epoch          integer not null,
    type           text collate "C" not null,
    event_id       text collate "C",
    result         text collate "C" not null,
    code           text,
    hash           bytea,
    takes_event_id boolean not null,
    facts          bytea,
    commit_id      bigint not null,
    primary key (execution_id, sequence, day)
) partition by range (day);

create unique index history_event on history (execution_id, event_id, day) where takes_event_id;

create table steps (
    day                integer not null,
    execution_id       text collate "C" not null,
    sequence           bigint not null,
    epoch              integer not null,
    step_id            text collate "C" not null,
    status             text collate "C" not null,
    block              text collate "C" not null,
    block_type         text,
    parent_step_id     text,
    started_at         bigint not null,
    ended_at           bigint,
    tracker_started_at bigint,
    tracker_ended_at   bigint,
    cost               text,
    memory_bytes       bigint,
    start_hash         bytea,
    end_hash           bytea,
    error              bytea,
    input              bytea,
    output             bytea,
    primary key (execution_id, sequence, day)
) partition by range (day);

create unique index steps_step on steps (execution_id, epoch, step_id, day);
create index steps_open on steps (execution_id, epoch, day) where status = 'running';

create table logs (
    day          integer not null,
    execution_id text collate "C" not null,
    sequence     bigint not null,
    event_id     text collate "C" not null,
    at           bigint not null,
    tracker_at   bigint not null,
    epoch        integer not null,
    level        text collate "C" not null,
    source       text,
    step_id      text,
    message      text collate "C" not null,
    primary key (execution_id, sequence, day)
) partition by range (day);

create table rejections (
    day          integer not null,
    execution_id text collate "C" not null,
    code         text collate "C" not null,
    event_id     text collate "C" not null,
    type         text collate "C" not null,
    message      text collate "C" not null,
    count        bigint not null,
    first_at     bigint not null,
    last_at      bigint not null,
    primary key (execution_id, code, event_id, day)
) partition by range (day);

create table evidence (
    day          integer not null,
    execution_id text collate "C" not null,
    number       bigint not null,
    event_id     text collate "C" not null,
    type         text collate "C" not null,
    at           bigint not null,
    tracker_at   bigint not null,
    payload      bytea not null,
    primary key (execution_id, number, day)
) partition by range (day);

create table final_payloads (
    day          integer not null,
    execution_id text collate "C" not null,
    epoch        integer not null,
    output       bytea,
    error        bytea,
    primary key (execution_id, epoch, day)
) partition by range (day);

-- Each writer adds to rows of its own shard, so that writers never wait for each other; reads add the shards up. The rows of the current minute
-- are rewritten by every commit: half-filled pages and an early vacuum keep them small.
-- Counters per minute (span 60) and hour (span 3600). Workflow '' is the namespace's total, 'other' what is beyond the 10,000th workflow.
create table stats (
    span      integer not null,
    workflow  text collate "C" not null,
    at        bigint not null,
    namespace text collate "C" not null,
    kind      text collate "C" not null,
    word      text collate "C" not null,
    shard     integer not null,
    count     bigint not null,
    primary key (span, workflow, at, namespace, kind, word, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

create table stat_durations (
    span      integer not null,
    workflow  text collate "C" not null,
    at        bigint not null,
    namespace text collate "C" not null,
    bucket    integer not null,
    shard     integer not null,
    count     bigint not null,
    primary key (span, workflow, at, namespace, bucket, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

create table live_counts (
    workflow  text collate "C" not null,
    namespace text collate "C" not null,
    status    text collate "C" not null,
    shard     integer not null,
    count     bigint not null,
    primary key (workflow, namespace, status, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

create table stat_workflows (
    workflow text collate "C" not null primary key
);

create table settings (
    name  text collate "C" not null primary key,
    value bytea not null
);

create table api_keys (
    key_id     text collate "C" not null primary key,
    name       text collate "C" not null,
    role       text collate "C" not null,
    namespaces text,
    hash       bytea not null,
    claims     text,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint
);

create table audit (
    number       bigint generated always as identity primary key,
    at           bigint not null,
    by           text collate "C" not null,
    action       text collate "C" not null,
    execution_id text,
    namespace    text collate "C",
    reason       text
);

create table silos (
    silo_id  text collate "C" not null primary key,
    alive_at bigint not null
);

create table outages (
    number  bigint generated always as identity primary key,
    from_at bigint not null,
    to_at   bigint not null
);

create index outages_to on outages (to_at);

create table grain_states (
    grain text collate "C" not null,
    name  text collate "C" not null,
    state bytea not null,
    etag  text collate "C" not null,
    primary key (grain, name)
);

create table reminders (
    grain    text collate "C" not null,
    name     text collate "C" not null,
    start_at bigint not null,
    period   bigint not null,
    primary key (grain, name)
);

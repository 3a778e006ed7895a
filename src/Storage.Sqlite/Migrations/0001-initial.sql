-- Times are unix microseconds. What grows is keyed by the execution's number: they ascend, so what was created together lies together.

create table executions (
    number       integer primary key,
    id           text    not null unique,
    bucket       integer not null,
    namespace    text    not null,
    workflow     text    not null,
    status       text    not null,
    cause        text,
    revision     integer not null,
    epoch        integer not null,
    due_at       integer,
    created_at   integer not null,
    started_at   integer,
    ended_at     integer,
    worker_id    text,
    triggered_by text,
    resolution   text,
    late_count   integer not null,
    labels       text,
    -- The newest rows of its chains, see history, and their sequences.
    last_history     integer,
    history_sequence integer not null,
    last_step        integer,
    step_sequence    integer not null,
    state            blob    not null
);

-- The list's order is (created_at, id), newest first. Every filter has an index of that order, and every filter together with status, workflow and
-- namespace, so that such a list is one range of one index however little it holds. No index holds a column that every event changes. What follows the
-- id is there to be asked while walking: an execution that a time turns away costs no visit to its row.
create index executions_created on executions (created_at, id, started_at);
create index executions_status on executions (status, created_at, id, started_at);
create index executions_workflow on executions (workflow, created_at, id, started_at);
create index executions_namespace on executions (namespace, created_at, id, started_at);
create index executions_workflow_status on executions (workflow, status, created_at, id, started_at);
create index executions_namespace_status on executions (namespace, status, created_at, id, started_at);
create index executions_namespace_workflow on executions (namespace, workflow, created_at, id, started_at);
create index executions_cause on executions (cause, created_at, id, started_at) where cause is not null;
create index executions_cause_status on executions (cause, status, created_at, id, started_at) where cause is not null;
create index executions_cause_workflow on executions (cause, workflow, created_at, id, started_at) where cause is not null;
create index executions_cause_namespace on executions (cause, namespace, created_at, id, started_at) where cause is not null;
create index executions_worker on executions (worker_id, created_at, id, started_at) where worker_id is not null;
create index executions_worker_status on executions (worker_id, status, created_at, id, started_at) where worker_id is not null;
create index executions_worker_workflow on executions (worker_id, workflow, created_at, id, started_at) where worker_id is not null;
create index executions_worker_namespace on executions (worker_id, namespace, created_at, id, started_at) where worker_id is not null;
create index executions_triggered on executions (triggered_by, created_at, id, started_at) where triggered_by is not null;
create index executions_triggered_status on executions (triggered_by, status, created_at, id, started_at) where triggered_by is not null;
create index executions_triggered_workflow on executions (triggered_by, workflow, created_at, id, started_at) where triggered_by is not null;
create index executions_triggered_namespace on executions (triggered_by, namespace, created_at, id, started_at) where triggered_by is not null;
create index executions_resolution on executions (resolution, created_at, id, started_at) where resolution is not null;
create index executions_resolution_status on executions (resolution, status, created_at, id, started_at) where resolution is not null;
create index executions_resolution_workflow on executions (resolution, workflow, created_at, id, started_at) where resolution is not null;
create index executions_resolution_namespace on executions (resolution, namespace, created_at, id, started_at) where resolution is not null;
create index executions_late on executions (created_at, id, started_at, late_count) where late_count > 0;
create index executions_late_status on executions (status, created_at, id, started_at, late_count) where late_count > 0;
create index executions_late_workflow on executions (workflow, created_at, id, started_at, late_count) where late_count > 0;
create index executions_late_namespace on executions (namespace, created_at, id, started_at, late_count) where late_count > 0;
-- Not started soon after they were made, or before it: the others are found by when they were made.
create index executions_skewed on executions (started_at, created_at, id) where started_at - created_at not between -5000000 and 60000000;
create index executions_due on executions (bucket, due_at, id, status) where due_at is not null;

-- A label has four rows: one for itself (facet ''), and one each with what the execution's status, workflow and namespace are ('status=running').
create table execution_labels (
    key          text    not null,
    value        text    not null,
    facet        text    not null,
    created_at   integer not null,
    execution_id text    not null,
    primary key (key, value, facet, created_at, execution_id)
) without rowid;

-- History and steps lie in the order in which they were committed, not by execution: a transaction that appends to a thousand executions
-- writes a few pages at the end, not a thousand in the middle. Each row names the execution's row before it, and the execution names its
-- last; every 16th is marked, so that a page is found without walking the whole chain. Sequences have no gaps.
create table history (
    number         integer primary key,
    execution      integer not null,
    previous       integer,
    sequence       integer not null,
    at             integer,
    tracker_at     integer not null,
    epoch          integer not null,
    type           text    not null,
    event_id       text,
    result         text    not null,
    code           text,
    hash           blob,
    takes_event_id integer not null,
    facts          blob,
    commit_id      integer not null
);

create unique index history_event on history (execution, event_id) where takes_event_id = 1;
create unique index history_mark on history (execution, sequence) where sequence % 16 = 0;

create table steps (
    number             integer primary key,
    execution          integer not null,
    previous           integer,
    sequence           integer not null,
    epoch              integer not null,
    step_id            text    not null,
    status             text    not null,
    block              text    not null,
    block_type         text,
    parent_step_id     text,
    started_at         integer not null,
    ended_at           integer,
    tracker_started_at integer,
    tracker_ended_at   integer,
    cost               text,
    memory_bytes       integer,
    start_hash         blob,
    end_hash           blob,
    error              blob,
    input              blob,
    output             blob
);

create unique index steps_step on steps (execution, epoch, step_id);
create unique index steps_mark on steps (execution, sequence) where sequence % 16 = 0;
create index steps_open on steps (execution, epoch) where status = 'running';

create table logs (
    execution    integer not null,
    sequence     integer not null,
    event_id     text    not null,
    at           integer not null,
    tracker_at   integer not null,
    epoch        integer not null,
    level        text    not null,
    source       text,
    step_id      text,
    message      text    not null,
    primary key (execution, sequence)
) without rowid;

create table rejections (
    execution    integer not null,
    code         text    not null,
    event_id     text    not null,
    type         text    not null,
    message      text    not null,
    count        integer not null,
    first_at     integer not null,
    last_at      integer not null,
    primary key (execution, code, event_id)
) without rowid;

create table evidence (
    execution    integer not null,
    number       integer not null,
    event_id     text    not null,
    type         text    not null,
    at           integer not null,
    tracker_at   integer not null,
    payload      blob    not null,
    primary key (execution, number)
);

create table final_payloads (
    execution    integer not null,
    epoch        integer not null,
    output       blob,
    error        blob,
    primary key (execution, epoch)
);

-- Counters per minute (span 60) and hour (span 3600). Workflow '' is the namespace's total, 'other' what is beyond the 10,000th workflow.
create table stats (
    span      integer not null,
    workflow  text    not null,
    at        integer not null,
    namespace text    not null,
    kind      text    not null,
    word      text    not null,
    count     integer not null,
    primary key (span, workflow, at, namespace, kind, word)
) without rowid;

create table stat_durations (
    span      integer not null,
    workflow  text    not null,
    at        integer not null,
    namespace text    not null,
    bucket    integer not null,
    count     integer not null,
    primary key (span, workflow, at, namespace, bucket)
) without rowid;

create table live_counts (
    workflow  text    not null,
    namespace text    not null,
    status    text    not null,
    count     integer not null,
    primary key (workflow, namespace, status)
) without rowid;

create table stat_workflows (
    workflow text not null primary key
) without rowid;

create table settings (
    name  text not null primary key,
    value blob not null
);

create table api_keys (
    key_id     text    not null primary key,
    name       text    not null,
    role       text    not null,
    namespaces text,
    hash       blob    not null,
    claims     text,
    created_at integer not null,
    expires_at integer,
    revoked_at integer
);

create table audit (
    number       integer primary key autoincrement,
    at           integer not null,
    by           text    not null,
    action       text    not null,
    execution_id text,
    namespace    text,
    reason       text
);

create table silos (
    silo_id  text    not null primary key,
    alive_at integer not null
);

create table outages (
    number  integer primary key,
    from_at integer not null,
    to_at   integer not null
);

create index outages_to on outages (to_at);

create table grain_states (
    grain text not null,
    name  text not null,
    state blob not null,
    etag  text not null,
    primary key (grain, name)
);

create table reminders (
    grain    text    not null,
    name     text    not null,
    start_at integer not null,
    period   integer not null,
    primary key (grain, name)
);

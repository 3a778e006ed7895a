-- What Orleans's AdoNet providers for clustering, reminders and grain storage work with (decision 10). They carry no SQL: they read each statement from
-- OrleansQuery by its key, when a silo starts, and bind its parameters by name. Written against the providers of 10.4.2; the names of OrleansQuery and
-- its columns, the keys, the parameters and the quoted names of columns that are read back are theirs, everything else is ours.

do $$
begin
    if to_regclass(quote_ident(current_schema()) || '.orleansquery') is not null then
        raise exception 'Schema % already holds the statements of another Orleans application (OrleansQuery). Give the store a schema of its own: Search Path in its connection string.', current_schema();
    end if;
end $$;

create table OrleansQuery (
    QueryKey  text collate "C" not null primary key,
    QueryText text not null
);

-- The versions of reminders and grain states. None is given out twice, so that a version from before a deletion fits nothing that came after it.
create sequence orleans_versions as integer minvalue 1 cycle;

-- Who is in the cluster. Every change of a member but its sign of life raises its cluster's version in the same statement, and is made only where that
-- version is the one that the silo read: the lock on this row puts all changes of a cluster in one order.
create table orleans_clusters (
    cluster_id text collate "C" not null primary key,
    version    integer not null
);

create table orleans_members (
    cluster_id    text collate "C" not null references orleans_clusters,
    address       text collate "C" not null,
    port          integer not null,
    generation    integer not null,
    silo_name     text not null,
    host_name     text not null,
    -- SiloStatus: 3 is active.
    status        integer not null,
    proxy_port    integer not null,
    suspect_times text,
    start_time    timestamptz not null,
    alive_time    timestamptz not null,
    primary key (cluster_id, address, port, generation)
);

insert into OrleansQuery (QueryKey, QueryText) values
-- True for the silo that made the cluster's row.
('InsertMembershipVersionKey', $statement$
with made as (
    insert into orleans_clusters (cluster_id, version) values (@DeploymentId, 0)
    on conflict (cluster_id) do nothing
    returning version
)
select exists (select from made)
$statement$),

-- False, and nothing is changed, where the version is another or the silo is a member already.
('InsertMembershipKey', $statement$
with passed as (
    update orleans_clusters set version = version + 1
    where cluster_id = @DeploymentId and version = @Version and not exists (
        select from orleans_members
        where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
    returning cluster_id
), inserted as (
    insert into orleans_members (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
    select cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from passed
    returning cluster_id
)
select exists (select from inserted)
$statement$),

-- False, and nothing is changed, where the version is another or the silo is no member.
('UpdateMembershipKey', $statement$
with passed as (
    update orleans_clusters set version = version + 1
    where cluster_id = @DeploymentId and version = @Version and exists (
        select from orleans_members
        where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
    returning cluster_id
), updated as (
    update orleans_members m set status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime
    from passed
    where m.cluster_id = passed.cluster_id and m.address = @Address and m.port = @Port and m.generation = @Generation
    returning m.cluster_id
)
select exists (select from updated)
$statement$),

-- The sign of life, every 30 s: it leaves the version alone.
('UpdateIAmAlivetimeKey', $statement$
update orleans_members set alive_time = @IAmAliveTime
where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$statement$),

-- One row at least: the provider takes the version from the first, and takes a row without a start time for no member.
('MembershipReadRowKey', $statement$
select c.version as "Version", m.address as "Address", m.port as "Port", m.generation as "Generation", m.silo_name as "SiloName",
    m.host_name as "HostName", m.status as "Status", m.proxy_port as "ProxyPort", m.suspect_times as "SuspectTimes",
    m.start_time as "StartTime", m.alive_time as "IAmAliveTime"
from orleans_clusters c
left join orleans_members m
    on m.cluster_id = c.cluster_id and m.address = @Address and m.port = @Port and m.generation = @Generation
where c.cluster_id = @DeploymentId
$statement$),

('MembershipReadAllKey', $statement$
select c.version as "Version", m.address as "Address", m.port as "Port", m.generation as "Generation", m.silo_name as "SiloName",
    m.host_name as "HostName", m.status as "Status", m.proxy_port as "ProxyPort", m.suspect_times as "SuspectTimes",
    m.start_time as "StartTime", m.alive_time as "IAmAliveTime"
from orleans_clusters c
left join orleans_members m on m.cluster_id = c.cluster_id
where c.cluster_id = @DeploymentId
$statement$),

-- A silo whose gateway is closed has proxy port 0.
('GatewaysQueryKey', $statement$
select address as "Address", proxy_port as "ProxyPort", generation as "Generation"
from orleans_members
where cluster_id = @DeploymentId and status = @Status and proxy_port > 0
$statement$),

-- The cluster's row stays, its version goes up: who still holds the old one can change nothing, and no silo sees versions begin again.
('DeleteMembershipTableEntriesKey', $statement$
with deleted as (
    delete from orleans_members where cluster_id = @DeploymentId
)
update orleans_clusters set version = version + 1 where cluster_id = @DeploymentId
$statement$),

-- Whatever is not active and neither started nor gave a sign of life since. The version stays, as with Orleans's other providers: nothing is decided by the dead.
('CleanupDefunctSiloEntriesKey', $statement$
delete from orleans_members
where cluster_id = @DeploymentId and status <> 3 and greatest(alive_time, start_time) < @IAmAliveTime
$statement$);

create table orleans_reminders (
    service_id text collate "C" not null,
    grain_id   text collate "C" not null,
    name       text collate "C" not null,
    grain_hash integer not null,
    start_time timestamptz not null,
    -- Milliseconds.
    period     bigint not null,
    version    integer not null,
    primary key (service_id, grain_id, name)
);

create index orleans_reminders_hash on orleans_reminders (service_id, grain_hash);

insert into OrleansQuery (QueryKey, QueryText) values
('UpsertReminderRowKey', $statement$
insert into orleans_reminders (service_id, grain_id, name, grain_hash, start_time, period, version)
values (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, cast(nextval('orleans_versions') as integer))
on conflict (service_id, grain_id, name) do update
set grain_hash = excluded.grain_hash, start_time = excluded.start_time, period = excluded.period, version = excluded.version
returning version as "Version"
$statement$),

('ReadReminderRowKey', $statement$
select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period as "Period", version as "Version"
from orleans_reminders
where service_id = @ServiceId and grain_id = @GrainId and name = @ReminderName
$statement$),

('ReadReminderRowsKey', $statement$
select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period as "Period", version as "Version"
from orleans_reminders
where service_id = @ServiceId and grain_id = @GrainId
$statement$),

-- (begin, end] on a ring of unsigned hashes that come as signed integers. Where begin, as signed, is less than end:
('ReadRangeRows1Key', $statement$
select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period as "Period", version as "Version"
from orleans_reminders
where service_id = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash
$statement$),

-- Where it is not, the range goes past the highest hash; from a hash to itself it is the whole ring.
('ReadRangeRows2Key', $statement$
select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period as "Period", version as "Version"
from orleans_reminders
where service_id = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash)
$statement$),

('DeleteReminderRowKey', $statement$
with deleted as (
    delete from orleans_reminders
    where service_id = @ServiceId and grain_id = @GrainId and name = @ReminderName and version = @Version
    returning version
)
select exists (select from deleted)
$statement$),

('DeleteReminderRowsKey', $statement$
delete from orleans_reminders where service_id = @ServiceId
$statement$);

-- The state of a grain. Its key is everything that the provider says of the grain: two numbers (both 0 for a key that is text), the text, '+' before it
-- so that none is not the empty one, and a hash, which tells the text x from the number 0 with the extension x. What Orleans makes one number of
-- (the keys abc, ABC and 0abc) comes as one and the same: no statement can tell them apart.
create table orleans_grain_states (
    service_id  text collate "C" not null,
    grain_type  text collate "C" not null,
    grain_n0    bigint not null,
    grain_n1    bigint not null,
    grain_text  text collate "C" not null,
    grain_hash  integer not null,
    version     integer not null,
    -- Null where the grain cleared its state.
    payload     bytea,
    primary key (service_id, grain_type, grain_n0, grain_n1, grain_text, grain_hash)
);

-- No row back means that somebody else wrote first.
insert into OrleansQuery (QueryKey, QueryText) values
('WriteToStorageKey', $statement$
with updated as (
    update orleans_grain_states set payload = @PayloadBinary, version = cast(nextval('orleans_versions') as integer)
    where service_id = @ServiceId and grain_type = @GrainTypeString and grain_n0 = @GrainIdN0 and grain_n1 = @GrainIdN1
        and grain_text = coalesce('+' || @GrainIdExtensionString, '') and grain_hash = @GrainIdHash and version = @GrainStateVersion
    returning version
), inserted as (
    insert into orleans_grain_states (service_id, grain_type, grain_n0, grain_n1, grain_text, grain_hash, version, payload)
    select @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce('+' || @GrainIdExtensionString, ''), @GrainIdHash,
        cast(nextval('orleans_versions') as integer), @PayloadBinary
    where @GrainStateVersion is null
    on conflict do nothing
    returning version
)
select version as "NewGrainStateVersion" from updated union all select version from inserted
$statement$),

('ReadFromStorageKey', $statement$
select payload as "PayloadBinary", version as "Version"
from orleans_grain_states
where service_id = @ServiceId and grain_type = @GrainTypeString and grain_n0 = @GrainIdN0 and grain_n1 = @GrainIdN1
    and grain_text = coalesce('+' || @GrainIdExtensionString, '') and grain_hash = @GrainIdHash
$statement$),

('ClearStorageKey', $statement$
update orleans_grain_states set payload = null, version = cast(nextval('orleans_versions') as integer)
where service_id = @ServiceId and grain_type = @GrainTypeString and grain_n0 = @GrainIdN0 and grain_n1 = @GrainIdN1
    and grain_text = coalesce('+' || @GrainIdExtensionString, '') and grain_hash = @GrainIdHash and version = @GrainStateVersion
returning version as "NewGrainStateVersion"
$statement$),

-- The provider asks for any version but the one that it gave.
('DeleteStorageKey', $statement$
delete from orleans_grain_states
where service_id = @ServiceId and grain_type = @GrainTypeString and grain_n0 = @GrainIdN0 and grain_n1 = @GrainIdN1
    and grain_text = coalesce('+' || @GrainIdExtensionString, '') and grain_hash = @GrainIdHash and version = @GrainStateVersion
returning cast(nextval('orleans_versions') as integer) as "NewGrainStateVersion"
$statement$);

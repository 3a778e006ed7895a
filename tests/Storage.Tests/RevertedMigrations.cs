namespace ExecutionGrains.Storage.Tests;

/// <summary>Reverts migrations, so that a test can apply them again to a store that has rows.</summary>
internal static class RevertedMigrations
{
    /// <summary>What both stores have gained since lists have orders, newest first.</summary>
    public const string UntilOrders =
        """
        drop table deletions;
        drop table audit_checkpoints;
        drop index audit_sequence;
        drop index audit_unsealed;
        alter table audit drop column sequence;
        alter table audit drop column hash;
        alter table audit drop column key_id;
        alter table audit drop column key_name;
        alter table audit drop column claims;
        alter table audit drop column address;
        alter table audit drop column trace_id;
        alter table api_keys drop column parent_id;
        alter table api_keys drop column replaced_by;
        drop table previous_key_hashes;
        drop table secrets;
        delete from execution_labels where key like '=%';
        update executions set labels = case when labels like '%"k":"v"%' then '{"k":"v"}' end;
        drop table tombstones;
        drop index audit_execution;
        drop index executions_by_start;
        drop index executions_by_end;
        drop index executions_by_duration;
        drop index executions_closed;
        alter table executions drop column closed_at;
        alter table executions drop column epochs;

        """;
}

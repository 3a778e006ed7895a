using System.Data;
using System.Globalization;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>
/// Uses the database as Orleans's AdoNet providers do: reads the statements by their key, binds parameters by name with the <see cref="DbType"/> that they use
/// for a value's type, and reads columns by name.
/// </summary>
internal sealed class OrleansProvider(string connectionString)
{
    /// <summary>Every key that an Orleans 10.4.2 provider for clustering, reminders or grain storage asks for, with what it binds and reads.</summary>
    public static readonly IReadOnlyDictionary<string, (string Parameters, string Columns)> Contract = new Dictionary<string, (string, string)>
    {
        ["InsertMembershipVersionKey"] = ("DeploymentId", "?"),
        ["InsertMembershipKey"] = ("DeploymentId IAmAliveTime SiloName HostName Address Port Generation StartTime Status ProxyPort Version", "?"),
        ["UpdateMembershipKey"] = ("DeploymentId Address Port Generation IAmAliveTime Status SuspectTimes Version", "?"),
        ["UpdateIAmAlivetimeKey"] = ("DeploymentId Address Port Generation IAmAliveTime", ""),
        ["MembershipReadRowKey"] = ("DeploymentId Address Port Generation", Member),
        ["MembershipReadAllKey"] = ("DeploymentId", Member),
        ["GatewaysQueryKey"] = ("DeploymentId Status", "Address ProxyPort Generation"),
        ["DeleteMembershipTableEntriesKey"] = ("DeploymentId", ""),
        ["CleanupDefunctSiloEntriesKey"] = ("DeploymentId IAmAliveTime", ""),
        ["UpsertReminderRowKey"] = ("ServiceId GrainHash GrainId ReminderName StartTime Period", "Version"),
        ["ReadReminderRowKey"] = ("ServiceId GrainId ReminderName", Reminder),
        ["ReadReminderRowsKey"] = ("ServiceId GrainId", Reminder),
        ["ReadRangeRows1Key"] = ("ServiceId BeginHash EndHash", Reminder),
        ["ReadRangeRows2Key"] = ("ServiceId BeginHash EndHash", Reminder),
        ["DeleteReminderRowKey"] = ("ServiceId GrainId ReminderName Version", "?"),
        ["DeleteReminderRowsKey"] = ("ServiceId", ""),
        ["WriteToStorageKey"] = ($"{Grain} GrainStateVersion PayloadBinary", "NewGrainStateVersion"),
        ["ReadFromStorageKey"] = (Grain, "PayloadBinary Version"),
        ["ClearStorageKey"] = ($"{Grain} GrainStateVersion", "*"),
        ["DeleteStorageKey"] = ($"{Grain} GrainStateVersion", "*"),
    };

    private const string Member = "Version Address Port Generation SiloName HostName Status ProxyPort SuspectTimes StartTime IAmAliveTime";
    private const string Reminder = "GrainId ReminderName StartTime Period Version";
    private const string Grain = "GrainIdHash GrainIdN0 GrainIdN1 GrainTypeHash GrainTypeString GrainIdExtensionString ServiceId";

    /// <summary>A sample of the type that the provider binds; DBNull with its type if it may be null.</summary>
    public static (object Value, DbType Type) Sample(string parameter) => parameter switch
    {
        "Port" or "Generation" or "Status" or "ProxyPort" or "Version" or "GrainHash" or "BeginHash" or "EndHash" or "Period" or "GrainIdHash"
            or "GrainTypeHash" => (1, DbType.Int32),
        "GrainStateVersion" => (DBNull.Value, DbType.Int32),
        "GrainIdN0" or "GrainIdN1" => (0L, DbType.Int64),
        "StartTime" or "IAmAliveTime" => (DateTime.UnixEpoch, DbType.DateTime),
        "PayloadBinary" => (new byte[] { 1 }, DbType.Binary),
        _ => ("x", DbType.String),
    };

    public static DbType TypeOf(object value) => value switch
    {
        int => DbType.Int32,
        long => DbType.Int64,
        DateTime => DbType.DateTime,
        byte[] => DbType.Binary,
        _ => DbType.String,
    };

    /// <summary>Reads the statements as the providers do when they start.</summary>
    public async Task<Dictionary<string, string>> StatementsAsync()
    {
        var statements = new Dictionary<string, string>();
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT QueryKey, QueryText FROM OrleansQuery", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            statements.Add(reader.GetString(reader.GetOrdinal("QueryKey")), reader.GetString(reader.GetOrdinal("QueryText")));
        }

        return statements;
    }

    /// <summary>
    /// Runs a statement and returns its rows by column. Parameters that are not given have the sample value. Null is NULL of the parameter's type.
    /// </summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object>>> RunAsync(string key, params (string Name, object? Value)[] values)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand((await StatementsAsync())[key], connection);
        foreach (var name in Contract[key].Parameters.Split(' '))
        {
            var (value, type) = Sample(name);
            foreach (var given in values.Where(v => v.Name == name))
            {
                (value, type) = (given.Value ?? DBNull.Value, given.Value is null ? type : TypeOf(given.Value));
            }

            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            parameter.DbType = type;
            command.Parameters.Add(parameter);
        }

        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        CheckColumns(key, reader);
        var rows = new List<IReadOnlyDictionary<string, object>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.GetValue(i)));
        }

        return rows;
    }

    /// <summary>The answer of a statement that returns one row with one column.</summary>
    public async Task<bool> AsksAsync(string key, params (string Name, object? Value)[] values) =>
        Convert.ToBoolean(Assert.Single(Assert.Single(await RunAsync(key, values))).Value, CultureInfo.InvariantCulture);

    private static void CheckColumns(string key, NpgsqlDataReader reader)
    {
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        switch (Contract[key].Columns)
        {
            case "?":
                Assert.Single(names);
                Assert.Equal(typeof(bool), reader.GetFieldType(0));
                break;
            case "*":
                Assert.NotEmpty(names);
                break;
            case var columns:
                Assert.Equal(columns.Split(' ', StringSplitOptions.RemoveEmptyEntries), names);
                break;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}

using System.Diagnostics;
using ExecutionGrains.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Bench.Sqlite;

/// <summary>
/// The baseline on SQLite: one transaction per event, which updates a row of 1,000 bytes and inserts 200 bytes of history. It uses prepared statements on one
/// connection, with the same library, page cache and durability as the store.
/// </summary>
internal sealed class PerEventInFile : IDisposable
{
    private const int Executions = 1_000;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _commit;
    private readonly string[] _ids = [.. Enumerable.Range(0, Executions).Select(i => $"execution-{i:0000}")];
    private readonly Random _random = new(1);

    public PerEventInFile(string path)
    {
        _ = SqliteStore.EngineVersion;
        _connection = new($"Data Source={path};Pooling=False");
        _connection.Open();
        Run("pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 8000; pragma cache_size = -16384;");
        Run("""
            create table executions (
                id text primary key, version integer not null, status integer, lease_until integer, started_at integer, state blob not null);
            create table history (execution_id text, seq integer, kind integer, at integer, payload blob, primary key (execution_id, seq)) without rowid;
            """);
        _begin = Prepare("begin immediate");
        _update = Prepare("update executions set version = version + 1, state = $state where id = $id returning version", "$state", "$id");
        _insert = Prepare("insert into history values ($id, $seq, 1, $at, $payload)", "$id", "$seq", "$at", "$payload");
        _commit = Prepare("commit");
        foreach (var id in _ids)
        {
            Run($"insert into executions values ('{id}', 0, 1, 0, 0, zeroblob(1000))");
        }
    }

    /// <returns>The number of events and the time that they took.</returns>
    public MeasuredSlice Measure(TimeSpan time)
    {
        var state = new byte[1_000];
        var payload = new byte[200];
        var clock = Stopwatch.StartNew();
        long events = 0;
        while (clock.Elapsed < time)
        {
            var id = _ids[_random.Next(Executions)];
            _random.NextBytes(state);
            _begin.ExecuteNonQuery();
            _update.Parameters[0].Value = state;
            _update.Parameters[1].Value = id;
            var version = (long)_update.ExecuteScalar()!;
            _insert.Parameters[0].Value = id;
            _insert.Parameters[1].Value = version;
            _insert.Parameters[2].Value = DateTimeOffset.UtcNow.Ticks;
            _insert.Parameters[3].Value = payload;
            _insert.ExecuteNonQuery();
            _commit.ExecuteNonQuery();
            events++;
        }

        return new(events, clock.Elapsed);
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { ParameterName = parameter });
        }

        return command;
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Schema;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// Commits batches on one connection. A batch is one round trip and one transaction. If one append makes it fail, the batch is split in halves to find it.
/// Used by one caller at a time.
/// </summary>
internal sealed class CommitWriter(NpgsqlDataSource source, DayPartitions partitions, CountedWorkflows workflows) : IAsyncDisposable
{
    /// <summary>Attempts to send a batch that was rolled back because of another transaction or a missing partition.</summary>
    private const int AttemptsMax = 5;

    /// <summary>Commits that check new ids before writing, after a commit met an id that was not new: repeated ids come in groups.</summary>
    private const int AskingMax = 64;

    private readonly AppendRows rows = new();
    private int asking;
    private NpgsqlConnection? connection;
    private CommitBatch statements = new(shard: 0);

    public async Task<AppendOutcome[]> CommitAsync(IReadOnlyList<Append> appends)
    {
        var (order, ids) = (new int[appends.Count], new string[appends.Count]);
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], ids[i]) = (i, appends[i].State.Id.Value);
        }

        Array.Sort(ids, order, StringComparer.Ordinal);
        var ordered = Array.ConvertAll(order, i => appends[i]);
        var outcomes = new AppendOutcome[ordered.Length];
        await CommitAsync(ordered, outcomes).ConfigureAwait(false);
        Array.Sort(order, outcomes);
        return outcomes;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is { } open)
        {
            connection = null;
            await open.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(ArraySegment<Append> appends, ArraySegment<AppendOutcome> outcomes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sending = new Sending(appends, Asks: asking > 0);
            try
            {
                if (await SendAsync(sending).ConfigureAwait(false) is { } refused)
                {
                    await WithoutAsync(refused, appends, outcomes).ConfigureAwait(false);
                    return;
                }

                asking -= sending.Asks ? 1 : 0;
                await AnswerAsync(sending, outcomes).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (PostgresFailure.IsRolledBackForOthers(e) && attempt < AttemptsMax)
            {
                // Retry the same batch.
            }
            catch (Exception e) when (PostgresFailure.IsTaken(e) && !sending.Asks)
            {
                // Nothing was written. Retry with a check of the ids, which tells whose id exists already and what is stored for it.
                asking = AskingMax;
            }
            catch (Exception e) when (PostgresFailure.IsMissingPartition(e) && attempt < AttemptsMax)
            {
                partitions.Forget();
            }
            catch (Exception e) when (sending.IsAnswered && !PostgresFailure.IsEngine(e))
            {
                // Own code failed to read the answer of a batch that may be durable. Do not send it again; the callers read back.
                outcomes.AsSpan().Fill(new AppendOutcome.Unavailable(PostgresFailure.Reason(e), Uncertain: true));
                return;
            }
            catch (Exception e) when (PostgresFailure.IsOfOneAppend(e))
            {
                await ApartAsync(appends, outcomes, e).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (PostgresFailure.IsEngine(e))
            {
                var uncertain = sending.IsSent && PostgresFailure.IsUncertain(e);
                outcomes.AsSpan().Fill(new AppendOutcome.Unavailable(PostgresFailure.Reason(e), uncertain));
                return;
            }
        }
    }

    /// <summary>Retries a rolled back batch in halves, until the append that fails is alone.</summary>
    private async Task ApartAsync(ArraySegment<Append> appends, ArraySegment<AppendOutcome> outcomes, Exception failure)
    {
        if (appends.Count == 1)
        {
            outcomes[0] = PostgresFailure.IsContent(failure)
                ? new AppendOutcome.Refused(PostgresFailure.Reason(failure))
                : new AppendOutcome.Unavailable(PostgresFailure.Reason(failure), Uncertain: false);
            return;
        }

        var half = appends.Count / 2;
        await CommitAsync(appends[..half], outcomes[..half]).ConfigureAwait(false);
        await CommitAsync(appends[half..], outcomes[half..]).ConfigureAwait(false);
    }

    /// <summary>Writes the appends of other days. Those of the refused day are answered as unavailable, so that they can be retried.</summary>
    private async Task WithoutAsync(RefusedDay refused, ArraySegment<Append> appends, ArraySegment<AppendOutcome> outcomes)
    {
        var others = Enumerable.Range(0, appends.Count).Where(i => UnixMicroseconds.Day(appends[i].State.CreatedAt) != refused.Day).ToArray();
        outcomes.AsSpan().Fill(new AppendOutcome.Unavailable(PostgresFailure.Reason(refused.Reason), Uncertain: false));
        var written = new AppendOutcome[others.Length];
        if (others.Length > 0)
        {
            await CommitAsync(Array.ConvertAll(others, i => appends[i]), written).ConfigureAwait(false);
        }

        for (var i = 0; i < others.Length; i++)
        {
            outcomes[others[i]] = written[i];
        }
    }

    /// <returns>A day whose partitions cannot be created; then nothing was sent. Null: the batch was committed.</returns>
    private async Task<RefusedDay?> SendAsync(Sending sending)
    {
        var open = await OpenAsync().ConfigureAwait(false);
        await workflows.LearnAsync(open, sending.Appends).ConfigureAwait(false);
        statements.Clear();
        statements.Relists = sending.Appends.Any(append => append.BaseRevision != 0 && (append.Relists || append.Relabels));
        Func<string, string, string> counted = workflows.NameOf;
        foreach (var append in sending.Appends)
        {
            rows.Add(statements, append, counted, sending.Asks);
        }

        if (await partitions.EnsureAsync(open, statements.Days, CancellationToken.None).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        var batch = new NpgsqlBatch(open);
        await using (batch.ConfigureAwait(false))
        {
            statements.AddTo(batch);
            sending.IsSent = true;
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                sending.IsAnswered = true;
                do
                {
                    while (await reader.ReadAsync().ConfigureAwait(false))
                    {
                        sending.Passed += reader.GetInt32(0);
                        sending.Refused.UnionWith(reader.GetFieldValue<string[]>(1));
                    }
                }
                while (await reader.NextResultAsync().ConfigureAwait(false));
            }
        }

        return sending.Passed + sending.Refused.Count == sending.Appends.Count ? null
            : throw new InvalidDataException($"Of {sending.Appends.Count} rows, {sending.Passed} were written and {sending.Refused.Count} refused.");
    }

    /// <summary>The batch is durable. Finds out why appends were not written.</summary>
    private async Task AnswerAsync(Sending sending, ArraySegment<AppendOutcome> outcomes)
    {
        var prior = new PriorSearch();
        for (var i = 0; i < sending.Appends.Count; i++)
        {
            var append = sending.Appends[i];
            outcomes[i] = sending.Refused.Contains(append.State.Id.Value) ? AppendOutcome.VersionMismatch.Instance : AppendOutcome.Committed.Instance;
            if (append.BaseRevision != 0 && outcomes[i] is AppendOutcome.VersionMismatch)
            {
                prior.Add(append);
            }
        }

        await ForgottenAsync(sending, outcomes).ConfigureAwait(false);
        if (prior.IsEmpty)
        {
            return;
        }

        var found = await FoundAsync(prior).ConfigureAwait(false);
        for (var i = 0; i < sending.Appends.Count; i++)
        {
            if (found.TryGetValue(sending.Appends[i].State.Id.Value, out var outcome))
            {
                outcomes[i] = outcome;
            }
        }
    }

    /// <summary>Finds out which of the executions that could not be created have a tombstone. The others exist already.</summary>
    private async Task ForgottenAsync(Sending sending, ArraySegment<AppendOutcome> outcomes)
    {
        var asked = Enumerable.Range(0, sending.Appends.Count)
            .Where(i => outcomes[i] is AppendOutcome.VersionMismatch && sending.Appends[i] is { BaseRevision: 0, IdHash: not null }).ToArray();
        if (asked.Length == 0)
        {
            return;
        }

        try
        {
            var open = await OpenAsync().ConfigureAwait(false);
            var hashes = await open.AllAsync(
                SqlText.Query("FindTombstones"),
                row => Convert.ToHexString(row.Blob(0)),
                CancellationToken.None,
                ("id_hash", Array.ConvertAll(asked, i => sending.Appends[i].IdHash!)),
                ("at", Array.ConvertAll(asked, i => UnixMicroseconds.From(sending.Appends[i].State.CreatedAt)))).ConfigureAwait(false);
            var found = hashes.ToHashSet(StringComparer.Ordinal);
            foreach (var i in asked)
            {
                outcomes[i] = found.Contains(Convert.ToHexString(sending.Appends[i].IdHash!)) ? AppendOutcome.Forgotten.Instance : outcomes[i];
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            foreach (var i in asked)
            {
                outcomes[i] = new AppendOutcome.Unavailable(PostgresFailure.Reason(e), Uncertain: false);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, AppendOutcome>> FoundAsync(PriorSearch prior)
    {
        try
        {
            return await prior.RunAsync(await OpenAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Any failure, of the engine or of own code: the rest of the batch is written and must not be sent again. These appends are known not to be
            // written.
            return prior.All(new AppendOutcome.Unavailable(PostgresFailure.Reason(e), Uncertain: false));
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        if (connection is { FullState: System.Data.ConnectionState.Open } open)
        {
            return open;
        }

        await DisposeAsync().ConfigureAwait(false);
        var fresh = await source.OpenConnectionAsync().ConfigureAwait(false);
        try
        {
            var command = fresh.Command(SqlText.Query("TakeShard"));
            await using (command.ConfigureAwait(false))
            {
                statements = new(shard: await command.ExecuteScalarAsync().ConfigureAwait(false) as int? ?? 0);
            }
        }
        catch
        {
            await fresh.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return connection = fresh;
    }

    /// <param name="Asks">Whether new ids are checked before writing.</param>
    private sealed record Sending(IReadOnlyList<Append> Appends, bool Asks)
    {
        /// <summary>Number of executions written.</summary>
        public int Passed { get; set; }

        /// <summary>Ids of executions not written.</summary>
        public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether the batch may have reached the server.</summary>
        public bool IsSent { get; set; }

        /// <summary>Whether the server has begun to answer.</summary>
        public bool IsAnswered { get; set; }
    }
}

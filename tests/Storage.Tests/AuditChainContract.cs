using System.Security.Cryptography;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Serialization;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>The hash chain over the audit, on every store.</summary>
public abstract class AuditChainContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Settled = T0.AddHours(1);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    protected abstract IOperationsStore Operations { get; }

    /// <summary>The same store; it may be opened several times.</summary>
    protected abstract IAuditStore Store { get; }

    /// <summary>Changes the database directly, as its operator can.</summary>
    protected abstract Task ExecuteAsync(string sql);

    protected abstract Task ReopenAsync();

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    private AuditChain Chain => new(Store, new(_secret));

    [Fact]
    public async Task An_unchanged_audit_is_valid_and_lists_the_rows_that_are_not_sealed()
    {
        Assert.Equal((null, 0L, 0L), Brief(await Chain.VerifyAsync(null, None)));
        await AppendAsync(1_203);
        await AppendAsync(2, at: Settled);

        var head = (await Chain.SealAsync(Settled, None)).Head!;

        var verdict = await Chain.VerifyAsync(null, None);
        Assert.Equal((null, 1_203L, 1_203L), Brief(verdict));
        Assert.Equal(head.Text, verdict.Head!.Text);
        Assert.Equal((2L, Settled), (verdict.Tally.Unsealed, verdict.Tally.UnsealedOldest));
        await ReopenAsync();
        await Chain.SealAsync(Settled + AuditChain.Settle + TimeSpan.FromSeconds(1), None);
        Assert.Equal((null, 1_205L, 1_205L), Brief(await Chain.VerifyAsync(NotedHead.Parse(head.Text), None)));
    }

    [Fact]
    public async Task The_documented_form_of_a_row_gives_its_hash()
    {
        var row = new AuditRow(T0, "Zoë", "cancel", "a", null, "") { Claims = """{"email":"x"}""" };
        await Operations.AppendAuditAsync(row, None);
        await Chain.SealAsync(Settled, None);

        var entry = Assert.Single(await Store.SealedAsync(0, 10, None));
        var form = $"1:1,1:1,{entry.Number.ToString().Length}:{entry.Number},27:{T0:yyyy-MM-ddTHH:mm:ss.ffffff}Z,"
            + """4:Zoë,6:cancel,1:a,-,0:,-,-,13:{"email":"x"},-,-,""";
        Assert.Equal(SHA256.HashData([.. new byte[32], .. System.Text.Encoding.UTF8.GetBytes(form)]), entry.Hash);
    }

    [Theory]
    [InlineData("update audit set reason = 'another' where sequence = 700", 700, "row 700 was changed")]
    [InlineData("update audit set trace_id = '' where sequence = 700", 700, "row 700 was changed")]
    [InlineData("update audit set at = at + 1 where sequence = 1", 1, "row 1 was changed")]
    [InlineData("update audit set hash = (select hash from audit where sequence = 5) where sequence = 6", 6, "row 6 was changed")]
    [InlineData("update audit set number = 100000 where sequence = 6", 6, "row 6 was changed")]
    [InlineData("delete from audit where sequence = 700", 700, "row 700 is missing")]
    [InlineData("update audit set sequence = null, hash = null where sequence = 1", 1, "row 1 is missing")]
    [InlineData("delete from audit where sequence > 1000", 1_001, "the rows from 1001 to the signed head 1100 are missing")]
    [InlineData("delete from audit", 1, "the rows from 1 to the signed head 1100 are missing")]
    [InlineData("delete from audit_checkpoints", 0, "the signed head is missing")]
    [InlineData("delete from audit where sequence > 1000; update audit_checkpoints set sequence = 1000", 1_000, "not signed")]
    [InlineData("drop index audit_sequence; update audit set sequence = 500 where sequence = 1100",
        500, "row 500 is there twice", "row 500 was changed", "the rows from 1100 to the signed head 1100 are missing")]
    [InlineData("drop index audit_sequence; update audit set sequence = 499 where sequence = 1100",
        499, "row 499 is there twice", "row 499 was changed")]
    [InlineData(
        "drop index audit_sequence; update audit set sequence = case sequence when 7 then 8 else 7 end where sequence in (7, 8)", 7, "row 7 was changed")]
    [InlineData(
        "insert into audit (at, by, action, sequence, hash) select at, by, action, 1101, hash from audit where sequence = 9", 1_101, "row 1101 was changed")]
    [InlineData("insert into audit (at, by, action, sequence, hash) select at, by, action, 0, hash from audit where sequence = 9", 0, "1101 rows have a place")]
    [InlineData(
        "drop index audit_sequence; insert into audit (at, by, action, sequence, hash) select at, by, action, sequence, hash from audit where sequence = 1100",
        1_101, "1101 rows have a place", "row 1100 is there twice", "row 1100 was changed")]
    public async Task An_edited_deleted_inserted_or_moved_sealed_row_is_detected(string tampering, long where, params string[] reasons)
    {
        await AppendAsync(1_100);
        await Chain.SealAsync(Settled, None);
        Assert.Null((await Chain.VerifyAsync(null, None)).Fault);

        await TamperAsync(tampering);

        var fault = (await Chain.VerifyAsync(null, None)).Fault;
        Assert.True(fault is not null, "nothing was found");
        Assert.True(reasons.Any(r => fault.Reason.Contains(r, StringComparison.Ordinal)), fault.Reason);
        if (reasons.Length == 1)
        {
            Assert.Equal(where, fault.Sequence);
        }
    }

    [Fact]
    public async Task A_chain_that_was_recreated_without_the_secret_is_detected_and_never_continued()
    {
        await AppendAsync(10);
        await Chain.SealAsync(Settled, None);
        await TamperAsync("update audit set by = 'nobody' where sequence = 3; update audit set sequence = null, hash = null; delete from audit_checkpoints");
        await new AuditChain(Store, new(RandomNumberGenerator.GetBytes(32))).SealAsync(Settled, None);
        await AppendAsync(1);

        Assert.Contains("not signed", (await Chain.SealAsync(Settled, None)).Fault!.Reason, StringComparison.Ordinal);

        var verdict = await Chain.VerifyAsync(null, None);
        Assert.Contains("not signed", verdict.Fault!.Reason, StringComparison.Ordinal);
        Assert.Equal(1, verdict.Tally.Unsealed);
    }

    [Fact]
    public async Task A_store_that_was_rolled_back_is_detected_by_a_head_that_was_recorded_elsewhere()
    {
        await AppendAsync(5);
        var before = (await Chain.SealAsync(Settled, None)).Head!;
        await AppendAsync(5);
        var noted = NotedHead.Parse((await Chain.SealAsync(Settled, None)).Head!.Text);

        // A complete older state, including its signature.
        await TamperAsync(
            $"delete from audit where sequence > 5; update audit_checkpoints set sequence = 5, at = {UnixMicroseconds.From(before.At)}, "
            + $"hash = {Blob(before.Hash)}, signature = {Blob(before.Signature)}");

        Assert.Null((await Chain.VerifyAsync(null, None)).Fault);
        Assert.Contains("ends at 5, before the noted head 10", (await Chain.VerifyAsync(noted, None)).Fault!.Reason, StringComparison.Ordinal);
        await AppendAsync(5);
        await Chain.SealAsync(Settled, None);
        Assert.Null((await Chain.VerifyAsync(null, None)).Fault);
        Assert.Contains("row 10 has another hash", (await Chain.VerifyAsync(noted, None)).Fault!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_sealers_create_one_chain()
    {
        await AppendAsync(1_500);

        var sealings = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            AuditSealing sealing;
            do
            {
                sealing = await Chain.SealAsync(Settled, None);
            }
            while (sealing.Fault is null && sealing.Head?.Sequence < 1_500);
            return sealing;
        })));

        Assert.All(sealings, s => Assert.Null(s.Fault));
        Assert.Equal((null, 1_500L, 1_500L), Brief(await Chain.VerifyAsync(null, None)));
    }

    [Fact]
    public async Task A_first_head_that_another_sealer_stores_meanwhile_is_no_fault()
    {
        await AppendAsync(3);
        var interleaved = new InterleavedAuditStore(Store, () => Chain.SealAsync(Settled, None));

        var sealing = await new AuditChain(interleaved, new(_secret)).SealAsync(Settled, None);

        Assert.Null(sealing.Fault);
        Assert.Equal((null, 3L, 3L), Brief(await Chain.VerifyAsync(null, None)));
    }

    [Fact]
    public async Task A_second_sealer_changes_nothing()
    {
        await AppendAsync(2);
        var rows = await Store.UnsealedAsync(Settled, 10, None);
        var first = (await Chain.SealAsync(Settled, None)).Head!;
        AuditSeal[] seals = [.. rows.Select((row, i) => new AuditSeal(row.Number, i + 1, new byte[32]))];
        var signer = new AuditSigner(_secret);

        Assert.False(await Store.SealAsync(null, signer.Sign(AuditCheckpoint.Head, 2, new byte[32], Settled), seals, None));
        Assert.False(await Store.SealAsync(
            signer.Sign(AuditCheckpoint.Head, 1, first.Hash, first.At), signer.Sign(AuditCheckpoint.Head, 2, new byte[32], Settled), seals, None));

        Assert.Equal((null, 2L, 2L), Brief(await Chain.VerifyAsync(null, None)));
    }

    [Fact]
    public async Task A_seal_is_written_completely_or_not_at_all_and_the_next_sealer_continues()
    {
        await AppendAsync(3);
        var rows = await Store.UnsealedAsync(Settled, 10, None);
        await ExecuteAsync($"delete from audit where number = {rows[2].Number}");
        AuditSeal[] seals = [.. rows.Select((row, i) => new AuditSeal(row.Number, i + 1, new byte[32]))];
        try
        {
            Assert.False(await Store.SealAsync(null, new AuditSigner(_secret).Sign(AuditCheckpoint.Head, 3, new byte[32], Settled), seals, None));
        }
        catch (StoreException)
        {
            // An exception is a refusal too.
        }

        Assert.Empty(await Store.CheckpointsAsync(None));
        Assert.Empty(await Store.SealedAsync(0, 10, None));
        await ReopenAsync();
        await Chain.SealAsync(Settled, None);
        Assert.Equal((null, 2L, 2L), Brief(await Chain.VerifyAsync(null, None)));
    }

    [Fact]
    public async Task Retention_leaves_a_signed_start_from_which_the_rest_is_verified()
    {
        await AppendAsync(1_203);
        await AppendAsync(10, at: T0.AddMinutes(30));
        await Chain.SealAsync(Settled, None);
        var noted = NotedHead.Parse((await Chain.VerifyAsync(null, None)).Head!.Text);

        Assert.Null(await Chain.DeleteAsync(T0.AddMinutes(30), Settled, None));
        Assert.Null(await Chain.DeleteAsync(T0.AddMinutes(30), Settled, None));

        var verdict = await Chain.VerifyAsync(noted, None);
        Assert.Equal((null, 10L, 1_213L), Brief(verdict));
        Assert.Equal((1_203L, 10L), (verdict.Start!.Sequence, verdict.Tally.Sealed));
        await ReopenAsync();
        await AppendAsync(1);
        await Chain.SealAsync(Settled, None);
        Assert.Equal((null, 11L, 1_214L), Brief(await Chain.VerifyAsync(noted, None)));
        Assert.Contains("retention has deleted the noted row 5", (await Chain.VerifyAsync(new(5, new byte[32]), None)).Fault!.Reason, StringComparison.Ordinal);
        await TamperAsync("update audit set reason = 'another' where sequence = 1204");
        Assert.Equal(1_204, (await Chain.VerifyAsync(noted, None)).Fault!.Sequence);
    }

    [Theory]
    [InlineData("update audit_checkpoints set sequence = 7 where name = 'start'; delete from audit where sequence <= 7", "«start» is not signed")]
    [InlineData("delete from audit_checkpoints where name = 'start'", "row 1 is missing")]
    [InlineData("delete from audit_checkpoints where name = 'head'", "the signed head is missing")]
    [InlineData("delete from audit where sequence = 6", "row 6 is missing")]
    public async Task A_start_that_retention_did_not_sign_is_detected(string tampering, string reason)
    {
        await AppendAsync(5);
        await AppendAsync(5, at: T0.AddMinutes(30));
        await Chain.SealAsync(Settled, None);
        Assert.Null(await Chain.DeleteAsync(T0.AddMinutes(30), Settled, None));

        await TamperAsync(tampering);

        Assert.Contains(reason, (await Chain.VerifyAsync(null, None)).Fault!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_keeps_changed_rows_the_last_row_and_unsealed_rows()
    {
        await AppendAsync(600);
        Assert.Null(await Chain.DeleteAsync(Settled, Settled, None));
        await Chain.SealAsync(Settled, None);
        await TamperAsync("update audit set reason = 'another' where sequence = 550");

        Assert.Equal(550, (await Chain.DeleteAsync(Settled, Settled, None))!.Sequence);

        Assert.Equal(100, (await Store.TallyAsync(None)).Sealed);
        Assert.Equal(550, (await Chain.VerifyAsync(null, None)).Fault!.Sequence);
        await TamperAsync("update audit set reason = '549' where sequence = 550");
        Assert.Null(await Chain.DeleteAsync(Settled, Settled, None));
        Assert.Equal((null, 1L, 600L), Brief(await Chain.VerifyAsync(null, None)));
    }

    [Fact]
    public async Task A_check_during_sealing_and_retention_finds_no_fault()
    {
        await AppendAsync(1_000);
        await Chain.SealAsync(Settled, None);
        var work = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await AppendAsync(50);
                await Chain.SealAsync(Settled, None);
                await Chain.DeleteAsync(Settled, Settled, None);
            }
        });
        while (!work.IsCompleted)
        {
            Assert.Null((await Chain.VerifyAsync(null, None)).Fault);
        }

        await work;
    }

    [Fact]
    public async Task Resetting_the_secrets_restarts_the_chain()
    {
        await AppendAsync(3);
        await Chain.SealAsync(Settled, None);
        await ((IAccessStore)Operations).WriteSecretAsync("s", null, [1], None);

        await ((IAccessStore)Operations).DeleteSecretsAsync(new(T0, "command", "secrets.reset", null, null, null), None);

        Assert.Equal(new AuditTally(0, 4, T0, 0, 0), await Store.TallyAsync(None));
        var other = new AuditChain(Store, new(RandomNumberGenerator.GetBytes(32)));
        await other.SealAsync(Settled, None);
        Assert.Equal((null, 4L, 4L), Brief(await other.VerifyAsync(null, None)));
    }

    [Fact]
    public async Task Sealed_and_unsealed_rows_are_read_by_number()
    {
        await AppendAsync(3);
        await Chain.SealAsync(Settled, None);
        await AppendAsync(2);

        var rows = await Store.EntriesAsync(0, 4, None);
        rows = [.. rows, .. await Store.EntriesAsync(rows[^1].Number, 4, None)];

        Assert.Equal([1, 2, 3, null, null], rows.Select(r => r.Sequence));
        Assert.Equal(["0", "1", "2", "0", "1"], rows.Select(r => r.Row.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData(":00")]
    [InlineData("1:00")]
    [InlineData("-1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1:000000000000000000000000000000000000000000000000000000000000000g")]
    public void An_invalid_head_is_refused(string text) => Assert.Null(NotedHead.Parse(text));

    protected abstract string Blob(byte[] bytes);

    private static (AuditFault? Fault, long Checked, long Head) Brief(AuditVerdict verdict) =>
        (verdict.Fault, verdict.Checked, verdict.Head?.Sequence ?? 0);

    private async Task TamperAsync(string statements)
    {
        foreach (var statement in statements.Split(';'))
        {
            await ExecuteAsync(statement);
        }
    }

    private async Task AppendAsync(int count, DateTimeOffset? at = null)
    {
        for (var i = 0; i < count; i++)
        {
            await Operations.AppendAuditAsync(new(at ?? T0, "ann", "cancel", "a", "n", $"{i}"), None);
        }
    }
}

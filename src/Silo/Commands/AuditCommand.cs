using System.Globalization;
using System.IO.Pipelines;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Endpoints;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Hosting.Store;
using ExecutionGrains.Silo.Configuration;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;

namespace ExecutionGrains.Silo.Commands;

/// <summary>
/// <c>audit verify [--head SEQUENCE:HASH]</c> checks the audit's hash chain, <c>audit export</c> writes the audit as NDJSON to the output. Both change nothing
/// and run beside a silo, on both stores. Further arguments are configuration, as for a silo.
/// </summary>
public sealed class AuditCommand
{
    public const string Usage = "audit verify [--head SEQUENCE:HASH], audit export";

    private const string HeadOption = "--head";

    private readonly string _what;
    private readonly string[] _arguments;

    private AuditCommand(string what, string[] arguments) => (_what, _arguments) = (what, arguments);

    public string Name => $"audit {_what}".TrimEnd();

    /// <summary>Null unless the arguments begin with <c>audit</c>.</summary>
    public static AuditCommand? Find(string[] args) => args is ["audit", .. var rest] ? new(rest is [var what, ..] ? what : "", [.. rest.Skip(1)]) : null;

    /// <returns>The exit code: 1 if the chain is broken.</returns>
    /// <exception cref="StartException">The arguments, the configuration or the master key are invalid.</exception>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    public async Task<int> RunAsync(TimeProvider time, Stream output, CancellationToken cancel)
    {
        var (noted, settings) = Read();
        var builder = ProgramBuilder.Create(settings);
        var options = ProgramOptionsReader.Read(builder.Configuration);
        builder.Services.AddKeyedSingleton(TrackerClock.Key, time).AddSingleton<ExecutionGrainsOptions>(options)
            .AddSingleton<MasterKeyFile>().AddSingleton<SecretVault>();
        StoreSetup.Add(builder.Services, options);
        await using var provider = builder.Services.BuildServiceProvider();
        var store = provider.GetRequiredService<IAuditStore>();
        await store.OpenToReadAsync(cancel).ConfigureAwait(false);
        if (_what == "export")
        {
            var writer = PipeWriter.Create(output, new(leaveOpen: true));
            await AuditExport.WriteAsync(store, AuditFilter.All, writer, async () => await writer.FlushAsync(cancel).ConfigureAwait(false), cancel)
                .ConfigureAwait(false);
            await writer.CompleteAsync().ConfigureAwait(false);
            return 0;
        }

        var key = await provider.GetRequiredService<SecretVault>().ReadAuditKeyAsync(cancel).ConfigureAwait(false);
        var verdict = await new AuditChain(store, new(key)).VerifyAsync(noted, cancel).ConfigureAwait(false);
        await using var lines = new StreamWriter(output, leaveOpen: true);
        foreach (var line in Lines(verdict))
        {
            await lines.WriteLineAsync(line).ConfigureAwait(false);
        }

        return verdict.Fault is null ? 0 : 1;
    }

    private static IEnumerable<string> Lines(AuditVerdict verdict)
    {
        if (verdict.Start is { } start)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Deleted by retention: rows up to {start.Text}, signed at {start.At.UtcDateTime:u}.");
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"Checked: {verdict.Checked} rows.");
        yield return verdict.Head is { } head
            ? string.Create(CultureInfo.InvariantCulture, $"Sealed up to: {head.Text}, signed at {head.At.UtcDateTime:u}.")
            : "Sealed up to: nothing is sealed.";
        yield return string.Create(CultureInfo.InvariantCulture, $"Not sealed yet: {verdict.Tally.Unsealed} rows")
            + (verdict.Tally.UnsealedOldest is { } oldest ? string.Create(CultureInfo.InvariantCulture, $", the oldest of {oldest.UtcDateTime:u}.") : ".");
        yield return verdict.Fault is { } fault
            ? string.Create(CultureInfo.InvariantCulture, $"BROKEN at {fault.Sequence}: {fault.Reason}.")
                + (fault.Number is { } number ? string.Create(CultureInfo.InvariantCulture, $" Its number in the store is {number}.") : "")
            : "The chain is whole.";
    }

    private (NotedHead? Noted, string[] Settings) Read()
    {
        if (_what is not ("verify" or "export"))
        {
            throw new StartException($"there is no such command; there are: {Usage}");
        }

        var at = Array.IndexOf(_arguments, HeadOption);
        if (at < 0 || _what == "export")
        {
            return (null, _arguments);
        }

        var text = at + 1 < _arguments.Length ? _arguments[at + 1] : "";
        return NotedHead.Parse(text) is { } noted
            ? (noted, [.. _arguments[..at], .. _arguments[(at + 2)..]])
            : throw new StartException($"{HeadOption} must be SEQUENCE:HASH as an earlier check or the silo's log gave it, was «{text}»");
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The secrets of a store: encrypted by a key outside of it, created, converted from earlier versions, rotated. Each test has its own silo.</summary>
[SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "Tests run where files have modes.")]
public sealed class SecretsTests : IAsyncLifetime
{
    private const string Beat = """{"type":"heartbeat"}""";

    private readonly ClockedSilo silo = new();

    private CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string MasterKeyPath => Path.Combine(silo.DataPath, MasterKeyFile.Name);

    private SecretVault Vault => silo.App.Services.GetRequiredService<SecretVault>();

    public ValueTask InitializeAsync() => silo.InitializeAsync();

    public ValueTask DisposeAsync() => silo.DisposeAsync();

    [Fact]
    public async Task D30_A_reader_of_the_database_or_of_a_backup_can_sign_nothing()
    {
        var (id, token) = await silo.Running();
        var cookie = SessionTests.CookieOf(await silo.SignIn(SiloFixture.AdminKey));
        var rings = await Vault.RingsAsync(Cancel);
        byte[][] secrets = [
            rings.Tokens.Signer(silo.Clock.GetUtcNow()), rings.Sessions.Signer(silo.Clock.GetUtcNow()), Vault.HashKey(),
                Encoding.ASCII.GetBytes(token), Encoding.ASCII.GetBytes(cookie)];
        var backup = Path.Combine(silo.DataPath, "backup.db");
        SqliteBackup.Take(silo.DatabasePath, backup);

        foreach (var file in new[] { silo.DatabasePath, silo.DatabasePath + "-wal", backup })
        {
            var bytes = await BytesAsync(file);
            Assert.All(secrets, secret => Assert.All(Spellings(secret), spelt => Assert.Equal(-1, bytes.AsSpan().IndexOf(spelt))));
        }

        // An attack on earlier versions: the stored bytes used as the secret.
        var (exp, keyId) = (silo.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
            silo.App.Services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId);
        var stolen = Stored(backup).SelectMany(Pieces).ToArray();
        Assert.NotEmpty(stolen);
        foreach (var signing in stolen.Select(s => PayloadSigner.With(s)))
        {
            var session = signing.Sign("egs", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{exp} {keyId}")));
            (await silo.Send(HttpMethod.Get, "/v1/keys", null, null, ("Cookie", $"{SessionCookies.Cookie}={session}"))).IsProblem(401, "unauthorized");
            (await silo.Report(id, Beat, signing.Sign(RunTokenIssuer.Purpose, Payload(id, keyId, exp)))).IsProblem(401, "token_invalid");
        }

        (await silo.Report(id, Beat, token)).Is(200);
    }

    [Fact]
    public async Task D30_Unencrypted_secrets_of_an_earlier_version_are_encrypted_and_erased_and_no_run_ends()
    {
        var (id, _) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        var keyId = silo.App.Services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId;
        var (tokens, hashes) = (SigningKeyRing.NewSecret(), SigningKeyRing.NewSecret());
        await silo.StopAsync();
        Execute("delete from secrets", "insert into settings (name, value) values ('token-key', $blob)", tokens);
        Execute("insert into settings (name, value) values ('hash-key', $blob)", null, hashes);

        await silo.StartAsync();

        Assert.Equal(hashes, Vault.HashKey());
        var exp = silo.Clock.GetUtcNow().AddHours(24).ToUnixTimeSeconds();
        var old = PayloadSigner.With(tokens);
        (await silo.Report(id, Beat, old.Sign(RunTokenIssuer.Purpose, Payload(id, keyId, exp)))).Is(200);
        // The old secret was readable in the file, so a session that it signed may be forged.
        var session = old.Sign("egs", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{exp} {keyId}")));
        (await silo.Send(HttpMethod.Get, "/v1/keys", null, null, ("Cookie", $"{SessionCookies.Cookie}={session}"))).IsProblem(401, "unauthorized");
        Assert.NotEqual(Named(old.Sign(RunTokenIssuer.Purpose, [])), Named((await silo.Running()).Token));

        // The files contain no trace of the old secrets, both before and after the silo closes them.
        foreach (var isStopped in new[] { false, true })
        {
            if (isStopped)
            {
                await silo.StopAsync();
            }

            foreach (var file in Directory.GetFiles(silo.DataPath, "executiongrains.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
            {
                var bytes = await BytesAsync(file);
                Assert.Equal((-1, -1), (bytes.AsSpan().IndexOf(tokens), bytes.AsSpan().IndexOf(hashes)));
            }
        }

        await silo.StartAsync();
        silo.Clock.JumpWallClock(TimeSpan.FromHours(24) + SigningKeyRing.ClockSkew);
        var late = silo.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        (await silo.Report(id, Beat, old.Sign(RunTokenIssuer.Purpose, Payload(id, keyId, late)))).IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task D30_A_missing_master_key_is_one_line_with_instructions_and_creates_no_other()
    {
        await silo.StopAsync();
        var kept = MasterKeyPath + ".kept";
        File.Move(MasterKeyPath, kept);

        var failure = await Assert.ThrowsAsync<StartException>(silo.StartAsync);

        Assert.Matches(
            $"the secrets in this store are wrapped, and {MasterKeyPath} is not there: put the master key file .* "
            + "ExecutionGrains__Auth__MasterKeyFile.*«secrets reset»",
                failure.Message);
        Assert.False(File.Exists(MasterKeyPath));
        File.Move(kept, MasterKeyPath);
        await silo.StartAsync();
    }

    [Fact]
    public async Task D30_A_wrong_master_key_is_one_line_with_instructions_and_changes_nothing()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        await silo.StopAsync();
        var right = await File.ReadAllTextAsync(MasterKeyPath, Cancel);

        await File.WriteAllTextAsync(MasterKeyPath, MasterKey.New().Text(), Cancel);
        Assert.Contains(
            "is not the master key file of this store",
            (await Assert.ThrowsAsync<StartException>(silo.StartAsync)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(MasterKeyPath, "garbage", Cancel);
        Assert.Contains("holds no master key: it must be one line of 32 bytes in base64, as «openssl rand -base64 32» prints it",
            (await Assert.ThrowsAsync<StartException>(silo.StartAsync)).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(MasterKeyPath, right, Cancel);
        await silo.StartAsync();
        (await silo.Report(id, Beat, token)).Is(200);
    }

    [Fact]
    public async Task D30_A_master_key_that_others_may_read_is_refused()
    {
        await silo.StopAsync();
        File.SetUnixFileMode(MasterKeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Contains($"chmod 600 {MasterKeyPath}", (await Assert.ThrowsAsync<StartException>(silo.StartAsync)).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(MasterKeyPath, UnixFileMode.UserRead);
        await silo.StartAsync();
    }

    [Fact]
    public async Task A_lost_master_key_is_replaced_by_the_command()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        await silo.StopAsync();
        File.Delete(MasterKeyPath);

        await StoreCommand.Find(["secrets", "reset", $"--ExecutionGrains:DataPath={silo.DataPath}"])!.RunAsync(silo.Clock, Cancel);

        await silo.StartAsync();
        (await silo.Report(id, Beat, token)).IsProblem(401, "token_invalid");
        (await silo.Report(id, Beat)).Is(200);
    }

    [Fact]
    public async Task D30_A_rotated_master_key_opens_the_same_secrets_and_the_previous_one_is_refused()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        var hashes = Vault.HashKey();
        var audit = Vault.AuditKey();
        await silo.StopAsync();
        var next = Path.Combine(silo.DataPath, "next.key");

        await RotateMasterKeyAsync(next);

        Assert.Equal(OwnerOnly.FileRights, File.GetUnixFileMode(next));
        var refused = await Assert.ThrowsAsync<StartException>(silo.StartAsync);
        Assert.Contains("is not the master key file of this store", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            "is not the master key file of this store",
            (await Assert.ThrowsAsync<StartException>(() => RotateMasterKeyAsync(Path.Combine(silo.DataPath, "other.key")))).Message,
            StringComparison.Ordinal);
        File.Move(next, MasterKeyPath, overwrite: true);
        await silo.StartAsync();
        Assert.Equal(hashes, Vault.HashKey());
        Assert.Equal(audit, Vault.AuditKey());
        (await silo.Report(id, Beat, token)).Is(200);
        Assert.Contains("secrets.rewrap", (await silo.Get("/v1/audit?by=command")).Words("items", "action"));
    }

    [Fact]
    public async Task D30_A_master_key_is_rotated_to_another_key_that_only_its_owner_reads_and_while_no_silo_runs()
    {
        var (_, token) = await silo.Running();
        var mounted = Path.Combine(silo.DataPath, "mounted.key");
        await File.WriteAllTextAsync(mounted, MasterKey.New().Text(), Cancel);
        File.SetUnixFileMode(mounted, UnixFileMode.UserRead);
        await Assert.ThrowsAsync<StoreException>(() => RotateMasterKeyAsync(mounted));
        await silo.StopAsync();
        var copy = Path.Combine(silo.DataPath, "copy.key");
        File.Copy(MasterKeyPath, copy);
        await Assert.ThrowsAsync<StartException>(() => RotateMasterKeyAsync(copy));
        await Assert.ThrowsAsync<StartException>(() => RotateMasterKeyAsync(MasterKeyPath));
        File.SetUnixFileMode(mounted, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await Assert.ThrowsAsync<StartException>(() => RotateMasterKeyAsync(mounted));
        Assert.Contains("NEWFILE", (await Assert.ThrowsAsync<StartException>(() => RotateMasterKeyAsync(null))).Message, StringComparison.Ordinal);
        await silo.StartAsync();
        Assert.NotNull(token);
        await silo.StopAsync();

        File.SetUnixFileMode(mounted, UnixFileMode.UserRead);
        await RotateMasterKeyAsync(mounted);

        File.Move(mounted, MasterKeyPath, overwrite: true);
        await silo.StartAsync();
    }

    private Task RotateMasterKeyAsync(string? next)
    {
        string[] named = next is null ? [] : [next];
        return StoreCommand.Find(["secrets", "rotate-master-key", .. named, $"--ExecutionGrains:DataPath={silo.DataPath}"])!.RunAsync(silo.Clock, Cancel);
    }

    [Fact]
    public async Task Rotated_secrets_sign_a_moment_later_and_the_previous_ones_verify_until_their_tokens_have_expired()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        var cookie = SessionTests.CookieOf(await silo.SignIn(SiloFixture.AdminKey));
        var secret = (await Vault.RingsAsync(Cancel)).Tokens.Signer(silo.Clock.GetUtcNow());

        var rotated = (await silo.Post("/v1/secrets/rotate", "")).Is(200);

        Assert.Equal(Named(token), Named((await silo.Running()).Token));
        Assert.Equal(silo.Clock.GetUtcNow() + SigningKeyRing.Spread, rotated["signsFrom"].GetDateTimeOffset());
        silo.Clock.JumpWallClock(SigningKeyRing.Spread);
        Assert.NotEqual(Named(token), Named((await silo.Running()).Token));
        (await silo.Report(id, Beat, token)).Is(200);
        (await silo.Send(HttpMethod.Get, "/v1/keys", null, null, ("Cookie", cookie))).Is(200);

        silo.Clock.JumpWallClock(rotated["previousTokensUntil"].GetDateTimeOffset() - silo.Clock.GetUtcNow());
        var keyId = silo.App.Services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId;
        var forged = PayloadSigner.With(secret).Sign(RunTokenIssuer.Purpose, Payload(id, keyId, silo.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds()));
        (await silo.Report(id, Beat, forged)).IsProblem(401, "token_invalid");
        Assert.Contains("secrets.rotate", (await silo.Get("/v1/audit?limit=1000")).Words("items", "action"));
    }

    [Fact]
    public async Task Secrets_are_rotated_by_admins_of_all_namespaces_only()
    {
        var (_, some) = await silo.NewKey("admin", "a");
        var (_, viewer) = await silo.NewKey("viewer");

        (await silo.Post("/v1/secrets/rotate", "", some)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/secrets/rotate", "", viewer)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/secrets/rotate", "", key: null)).IsProblem(401, "unauthorized");
    }

    private static byte[] Payload(string id, string keyId, long exp) => Encoding.UTF8.GetBytes($$"""{"x":"{{id}}","e":1,"k":"{{keyId}}","exp":{{exp}}}""");

    /// <summary>The id of the secret that signed the token.</summary>
    private static string Named(string token) => token.Split('.')[1];

    private static IEnumerable<byte[]> Spellings(byte[] secret) =>
    [
        secret,
        Encoding.ASCII.GetBytes(Convert.ToBase64String(secret).TrimEnd('=')),
        Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(secret)),
        Encoding.ASCII.GetBytes(Convert.ToHexString(secret)),
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)),
    ];

    private static IEnumerable<byte[]> Pieces(byte[] stored) =>
        [stored, .. Enumerable.Range(0, Math.Max(0, Math.Min(64, stored.Length - SigningKeyRing.SecretLength + 1)))
            .Select(at => stored[at..(at + SigningKeyRing.SecretLength)])];

    private static List<byte[]> Stored(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var read = connection.CreateCommand();
        read.CommandText = "select value from settings where length(value) > 0 union all select value from secrets";
        using var rows = read.ExecuteReader();
        var stored = new List<byte[]>();
        while (rows.Read())
        {
            stored.Add((byte[])rows[0]);
        }

        return stored;
    }

    private void Execute(string first, string? second, byte[] blob)
    {
        using var connection = new SqliteConnection($"Data Source={silo.DatabasePath};Pooling=False");
        connection.Open();
        foreach (var sql in new[] { first, second }.OfType<string>())
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$blob", blob);
            Assert.True(command.ExecuteNonQuery() > 0, sql);
        }
    }

    private static async Task<byte[]> BytesAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}

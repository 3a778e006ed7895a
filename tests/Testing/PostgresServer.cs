using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ExecutionGrains.Testing;

/// <summary>
/// A PostgreSQL of the tests' own: a folder under the temporary one, a free port on loopback, nothing shared with the machine's clusters. It ends with
/// <see cref="DisposeAsync"/>, and also with the process of the tests, however that ends: it lives as long as a pipe to it is open.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Who runs the server where the tests run as root, which PostgreSQL refuses to.</summary>
    private const string User = "postgres";

    private static readonly SemaphoreSlim Starting = new(1, 1);
    private static PostgresServer? _shared;

    private readonly string _folder;
    private readonly bool _durable;
    private readonly int _port = FreePort();
    private readonly Dictionary<string, string> _templates = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _templating = new(1, 1);
    private Process? _process;
    private int _databases;

    private PostgresServer(bool durable, string? folder = null)
    {
        _durable = durable;
        _folder = folder ?? Path.Combine(Path.GetTempPath(), $"executiongrains-postgres-{Guid.NewGuid():N}");
    }

    /// <summary>The one server of this test run. It does not wait for the disk (fsync off): no test that kills it may use it.</summary>
    public static async Task<PostgresServer> SharedAsync()
    {
        await Starting.WaitAsync();
        try
        {
            return _shared ??= await StartAsync(durable: false);
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>A server of its own.</summary>
    /// <param name="durable">Whether a commit waits for the disk, as in production.</param>
    /// <param name="folder">Where its data go, an empty folder; default one of its own. Deleted with it.</param>
    /// <exception cref="InvalidOperationException">This machine has no PostgreSQL; the message says how to get it.</exception>
    public static async Task<PostgresServer> StartAsync(bool durable, string? folder = null)
    {
        var server = new PostgresServer(durable, folder);
        try
        {
            await server.InitializeAsync();
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new database, made like the template of this name.</summary>
    /// <param name="template">Names what <paramref name="prepare"/> does.</param>
    /// <param name="prepare">Called once per name, with the connection string of the database that becomes the template; it must leave no connection open.</param>
    public async Task<string> DatabaseAsync(string template, Func<string, Task> prepare)
    {
        await _templating.WaitAsync();
        try
        {
            if (!_templates.TryGetValue(template, out var source))
            {
                source = $"template_{_templates.Count}";
                await ExecuteAsync($"create database {source} template template0 encoding 'UTF8'");
                await prepare(ConnectionString(source));
                _templates[template] = source;
            }

            var name = $"test_{Interlocked.Increment(ref _databases)}";
            await ExecuteAsync($"create database {name} template {source}");
            return ConnectionString(name);
        }
        finally
        {
            _templating.Release();
        }
    }

    /// <summary>An empty database.</summary>
    public Task<string> DatabaseAsync() => DatabaseAsync("empty", _ => Task.CompletedTask);

    /// <summary>Drops a database, whoever is connected to it.</summary>
    public Task DropAsync(string connectionString) =>
        ExecuteAsync($"drop database {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    /// <summary>A backup by <c>pg_dump</c>, as <c>docs/operating.md</c> has it.</summary>
    public Task DumpAsync(string connectionString, string path) => ToEndAsync([Program("pg_dump"), .. Address(connectionString), "--format=custom", $"--file={path}"]);

    /// <summary>That backup, into an empty database.</summary>
    public Task RestoreAsync(string connectionString, string path) => ToEndAsync(
        [Program("pg_restore"), .. Address(connectionString), "--no-owner", "--exit-on-error", path]);

    /// <summary>A script by <c>psql</c>, as an operator runs it; one that fails is an <see cref="InvalidOperationException"/> with what it said.</summary>
    public static Task RunScriptAsync(string connectionString, string path, params string[] variables) => ToEndAsync(
        [Program("psql"), .. Address(connectionString), "--no-psqlrc", "--quiet", .. variables.Select(v => $"--set={v}"), $"--file={path}"]);

    /// <summary>As an administrator, outside any test's database, however long it takes.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The folder of a database's files, once everything is in them that was written.</summary>
    public async Task<string> FolderOfAsync(string connectionString)
    {
        await ExecuteAsync("checkpoint");
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select oid::text from pg_database where datname = current_database()", connection);
        return Path.Combine(Data, "base", (string)(await command.ExecuteScalarAsync())!);
    }

    /// <summary>kill -9 of the server and everything that it runs; its data stay as they are.</summary>
    public async Task CrashAsync()
    {
        await SignalAsync("KILL");
        await StopAsync();
    }

    /// <summary>SIGSTOP of all of it: its connections stay open, and nothing answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT. Without it the server does not stop.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Starts again on the same data and port, and recovers what a crash left.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    /// <summary>Whether it answers.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>What its processes have used, those included that have ended.</summary>
    public async Task<TimeSpan> CpuAsync()
    {
        var server = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        var children = (await File.ReadAllTextAsync($"/proc/{server}/task/{server}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children.Prepend(server).Aggregate(TimeSpan.Zero, (sum, process) => sum + Cpu(process));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Ends it, its data stay: a fast shutdown, which cuts whoever is connected.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Ends the shared server, where there is one.</summary>
    public static async ValueTask DisposeSharedAsync()
    {
        if (_shared is { } server)
        {
            _shared = null;
            await server.DisposeAsync();
        }
    }

    private async Task SignalAsync(string name)
    {
        var server = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        var children = await File.ReadAllTextAsync($"/proc/{server}/task/{server}/children");
        await ToEndAsync(["/bin/sh", "-c", $"kill -{name} {server} {children}"]);
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port.ToString(CultureInfo.InvariantCulture)};Database={database};Username={User};Pooling=false;Timeout=30";

    private async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        if (Environment.IsPrivilegedProcess)
        {
            await ToEndAsync("chown", User, _folder);
        }

        // Loopback only, for as long as the tests run: trusting whoever connects is what makes a connection cheap.
        await ToEndAsync([.. AsUser(), Program("initdb"), "-D", Data, "-U", User, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    }

    private async Task RunAsync()
    {
        string[] settings =
        [
            $"port={_port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "shared_buffers=128MB", "max_wal_size=4GB",
            .. _durable
                // As docs/postgres.md has it.
                ? (string[])["backend_flush_after=256kB", "min_wal_size=4GB"]
                : ["fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum_naptime=10s"],
        ];
        var server = string.Join(' ', settings.Select(s => $"-c '{s}'"));
        // The server is this shell's child; the shell ends it when the pipe closes, by a fast shutdown, and itself after it.
        var script = $"'{Program("postgres")}' -D '{Data}' {server} >'{Log}' 2>&1 & server=$!; read -r _; kill -INT $server 2>/dev/null; wait $server";
        _process = Start([.. AsUser(), "/bin/sh", "-c", script]);
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ExecuteAsync("select 1");
                return;
            }
            catch (NpgsqlException) when (since.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited)
            {
                // Until it listens there is nothing to wait on but the next attempt.
                await Task.Yield();
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {File.ReadAllText(Log)}", e);
            }
        }
    }

    private string Data => Path.Combine(_folder, "data");

    private string Log => Path.Combine(_folder, "log");

    private static string[] AsUser() => Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups"] : [];

    /// <summary>The path of one of PostgreSQL's own programs, of the newest version that this machine has; where <c>scripts/postgres.sh</c> looks, too.</summary>
    public static string Program(string name) =>
        Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"There is no {name} under /usr/lib/postgresql, nor in the PATH. ./test installs it; by hand: scripts/postgres.sh install");

    private static IEnumerable<string> Folders()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return debian.OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Of the process and those of its children that it has waited for; none where it is gone.</summary>
    private static TimeSpan Cpu(string process)
    {
        try
        {
            // proc(5): the name, which may hold blanks, ends with the last bracket; utime, stime, cutime and cstime are the 12th to the 15th after it, in ticks of 10 ms.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Aggregate(TimeSpan.Zero, (sum, ticks) => sum + (long.Parse(ticks, CultureInfo.InvariantCulture) * TimeSpan.FromMilliseconds(10)));
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }

    private static string[] Address(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        return [$"--host={to.Host}", $"--port={to.Port.ToString(CultureInfo.InvariantCulture)}", $"--username={to.Username}", $"--dbname={to.Database}"];
    }

    private static async Task ToEndAsync(params string[] command)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {await output} {await error}");
        }
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The other user need not be able to read ours.
            WorkingDirectory = "/",
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

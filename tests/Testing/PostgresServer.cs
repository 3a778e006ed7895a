using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ExecutionGrains.Testing;

/// <summary>
/// A private PostgreSQL server for the tests: a temporary folder, a free port on loopback, nothing shared with the machine's clusters. It ends with
/// <see cref="DisposeAsync"/>, or when the test process ends in any way, because it runs only while a pipe from that process is open.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The user that runs the server if the tests run as root, because PostgreSQL refuses to run as root.</summary>
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

    /// <summary>The shared server of this test run. It does not flush to disk (fsync off), so a test that kills it must not use it.</summary>
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

    /// <summary>Starts a separate server.</summary>
    /// <param name="durable">Whether a commit waits for the disk, as in production.</param>
    /// <param name="folder">An empty folder for its data; default a new one. It is deleted with the server.</param>
    /// <exception cref="InvalidOperationException">This machine has no PostgreSQL; the message says how to install it.</exception>
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

    /// <summary>Creates a database as a copy of the template with this name.</summary>
    /// <param name="template">Name of the template that <paramref name="prepare"/> creates.</param>
    /// <param name="prepare">Called once per name with the connection string of the new template database; must leave no connection open.</param>
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

    /// <summary>Creates an empty database.</summary>
    public Task<string> DatabaseAsync() => DatabaseAsync("empty", _ => Task.CompletedTask);

    /// <summary>Drops a database and cuts its connections.</summary>
    public Task DropAsync(string connectionString) =>
        ExecuteAsync($"drop database {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    /// <summary>Makes a backup with <c>pg_dump</c> as <c>docs/operating.md</c> describes.</summary>
    public Task DumpAsync(string connectionString, string path) =>
        ToEndAsync([Program("pg_dump"), .. Address(connectionString), "--format=custom", $"--file={path}"]);

    /// <summary>Restores that backup into an empty database.</summary>
    public Task RestoreAsync(string connectionString, string path) => ToEndAsync(
        [Program("pg_restore"), .. Address(connectionString), "--no-owner", "--exit-on-error", path]);

    /// <summary>Runs a script with <c>psql</c>, as an operator does. A failure is an <see cref="InvalidOperationException"/> with psql's output.</summary>
    public static Task RunScriptAsync(string connectionString, string path, params string[] variables) => ToEndAsync(
        [Program("psql"), .. Address(connectionString), "--no-psqlrc", "--quiet", .. variables.Select(v => $"--set={v}"), $"--file={path}"]);

    /// <summary>Runs a command as administrator, in no test's database and without a timeout.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The folder of a database's files, after a checkpoint wrote everything to them.</summary>
    public async Task<string> FolderOfAsync(string connectionString)
    {
        await ExecuteAsync("checkpoint");
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select oid::text from pg_database where datname = current_database()", connection);
        return Path.Combine(Data, "base", (string)(await command.ExecuteScalarAsync())!);
    }

    /// <summary>kill -9 of the server and all its processes; the data stay as they are.</summary>
    public async Task CrashAsync()
    {
        await SignalAsync("KILL");
        await StopAsync();
    }

    /// <summary>SIGSTOP of all processes: connections stay open, and nothing answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT. A frozen server cannot stop.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Restarts on the same data and port, with crash recovery if needed.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    /// <summary>Whether the server answers.</summary>
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

    /// <summary>CPU time that its processes used, including those that have ended.</summary>
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

    /// <summary>Stops the server and keeps its data: a fast shutdown, which cuts open connections.</summary>
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

    /// <summary>Stops the shared server, if it was started.</summary>
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

        // Trusts every connection, which makes connecting cheap: the server listens on loopback only, and only during the tests.
        await ToEndAsync([.. AsUser(), Program("initdb"), "-D", Data, "-U", User, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    }

    private async Task RunAsync()
    {
        string[] settings =
        [
            $"port={_port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "shared_buffers=128MB", "max_wal_size=4GB",
            .. _durable
                // As docs/postgres.md recommends.
                ? (string[])["backend_flush_after=256kB", "min_wal_size=4GB"]
                : ["fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum_naptime=10s"],
        ];
        var server = string.Join(' ', settings.Select(s => $"-c '{s}'"));
        // The server is a child of this shell. When the pipe closes, the shell stops the server by a fast shutdown and then ends.
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
                // Before the server listens, retrying is the only way to wait.
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

    /// <summary>Path of a PostgreSQL program, of the newest version on this machine; searches where <c>scripts/postgres.sh</c> does.</summary>
    public static string Program(string name) =>
        Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            $"There is no {name} under /usr/lib/postgresql, nor in the PATH. ./test installs it; by hand: scripts/postgres.sh install");

    private static IEnumerable<string> Folders()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return debian.OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>CPU time of the process and of its reaped children; zero if the process is gone.</summary>
    private static TimeSpan Cpu(string process)
    {
        try
        {
            // proc(5): the name, which may contain spaces, ends with the last bracket; utime, stime, cutime and cstime are fields 12 to 15 after it, in ticks
            // of 10 ms.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Aggregate(
                TimeSpan.Zero, (sum, ticks) => sum + (long.Parse(ticks, CultureInfo.InvariantCulture) * TimeSpan.FromMilliseconds(10)));
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
            // The other user may not be able to read the current folder.
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

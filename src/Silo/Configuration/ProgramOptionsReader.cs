using System.Globalization;
using System.Net;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage.Postgres;

namespace ExecutionGrains.Silo.Configuration;

/// <summary>Reads and validates the configuration. Reports all errors at once; each names its key, its bound and the given value.</summary>
public sealed class ProgramOptionsReader
{
    private static readonly string[] CertificateKeys = ["Cluster:CertificateFile", "Cluster:KeyFile", "Cluster:CaFile"];

    /// <summary>Keys that are valid only in a cluster, which needs PostgreSQL.</summary>
    private static readonly string[] ClusterKeys =
        ["Cluster:Id", "Cluster:Address", "Cluster:SiloPort", "Cluster:GatewayPort", "Cluster:Insecure", .. CertificateKeys];

    private readonly IConfigurationSection section;
    private readonly List<string> errors = [];

    private ProgramOptionsReader(IConfiguration configuration) => section = configuration.GetSection("ExecutionGrains");

    /// <exception cref="StartException">At least one value is invalid. The message lists all errors.</exception>
    public static ProgramOptions Read(IConfiguration configuration)
    {
        var reading = new ProgramOptionsReader(configuration);
        var options = reading.Checked(reading.Read());
        return reading.errors.Count == 0 ? options : throw new StartException(string.Join("; ", reading.errors));
    }

    private ProgramOptions Read()
    {
        var defaults = new ProgramOptions();
        return new ProgramOptions
        {
            StoreProvider = Word("Store:Provider", defaults.StoreProvider, "sqlite", "postgres"),
            StoreConnectionString = ConnectionString(),
            StoreWriters = Count("Store:Writers", defaults.StoreWriters, 1, 16),
            DataPath = Said("DataPath") ?? defaults.DataPath,
            JanitorPeriod = Time("Janitor:Period", defaults.JanitorPeriod, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            JanitorGrace = Time("Janitor:Grace", defaults.JanitorGrace, TimeSpan.Zero, TimeSpan.FromHours(1)),
            JanitorMassLossHold = Share("Janitor:MassLossHold", defaults.JanitorMassLossHold),
            ClaimsTimeout = Time("Claims:Timeout", defaults.ClaimsTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            CancelGrace = Time("Cancel:Grace", defaults.CancelGrace, TimeSpan.Zero, TimeSpan.FromHours(24)),
            BootstrapKey = BootstrapKey(),
            MasterKeyFile = MasterKeyFile(defaults),
            TokenLifetime = Time("Auth:TokenLifetime", defaults.TokenLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)),
            ExecutorsOwnOnly = Word("Auth:ExecutorsOwnOnly", "false", "false", "true") == "true",
            Jwt = Jwt(),
            OpenIdConnect = OpenIdConnect(),
            Certificates = ClientCertificates(),
            ConnectionsMax = Count("Limits:Connections", defaults.ConnectionsMax, 16, 1_000_000),
            BodiesMiB = Count("Limits:BodiesMiB", defaults.BodiesMiB, 0, 1_048_576),
            RequestsPerAddress = Count("Limits:RequestsPerAddress", defaults.RequestsPerAddress, 0, 1_000_000),
            RequestsPerKey = Count("Limits:RequestsPerKey", defaults.RequestsPerKey, 0, 1_000_000),
            FailedSignInsMax = Count("Limits:FailedSignIns", defaults.FailedSignInsMax, 0, 1_000_000),
            Proxies = Proxies(defaults.Proxies),
            RetentionTombstones = Time("Retention:Tombstones", defaults.RetentionTombstones, TimeSpan.Zero, TimeSpan.FromDays(3_650)),
            RetentionAudit = AuditRetention(defaults.RetentionAudit),
            SecurityText = SecurityText.Read(section, Fail),
            Urls = Urls(defaults.Urls),
            ClusterId = ClusterId(defaults.ClusterId),
            ClusterAddress = Address("Cluster:Address", defaults.ClusterAddress),
            ClusterSiloPort = Port("Cluster:SiloPort"),
            ClusterGatewayPort = Port("Cluster:GatewayPort"),
            ClusterCertificates = Certificates(),
            ClusterInsecure = Flag("Cluster:Insecure"),
            ClusterDashboard = Flag("Cluster:Dashboard"),
            FirstKey = ListenAddresses.IsLoopback(Said("Urls") ?? defaults.Urls) ? FirstKey.Create : FirstKey.Require,
        };
    }

    private ProgramOptions Checked(ProgramOptions options)
    {
        if (options.StoreProvider == "sqlite")
        {
            CheckSingle();
        }
        else if (options is { ClusterCertificates: not null, ClusterInsecure: true })
        {
            Fail("Cluster:Insecure", "cannot be combined with Cluster__CertificateFile", "true");
        }
        else if (!IPAddress.IsLoopback(options.ClusterAddress) && options is { ClusterCertificates: null, ClusterInsecure: false } && !IsAnyCertificateSaid)
        {
            Fail(
                "Cluster:Address",
                "is where other machines reach the silo, so it needs Cluster__CertificateFile, Cluster__KeyFile and Cluster__CaFile "
                + "(ExecutionGrains.Silo cluster certificates --out DIR makes them), or Cluster__Insecure true if every machine in that network is trusted",
                $"{options.ClusterAddress}");
        }

        return options;
    }

    /// <summary>Refuses the cluster's keys on SQLite: a single silo opens no port but HTTP, so these keys would have no effect.</summary>
    private void CheckSingle()
    {
        foreach (var key in ClusterKeys.Where(key => Said(key) is not null))
        {
            Fail(key, "needs Store__Provider postgres, since a single silo on SQLite opens no port but HTTP", Said(key)!);
        }
    }

    private bool IsAnyCertificateSaid => CertificateKeys.Any(key => Said(key) is not null);

    private CertificateFiles? Certificates()
    {
        var files = Array.ConvertAll(CertificateKeys, Said);
        if (files.All(file => file is null))
        {
            return null;
        }

        foreach (var (key, _) in CertificateKeys.Zip(files).Where(said => said.Second is null))
        {
            Fail(key, "must be given with the other two of Cluster__CertificateFile, Cluster__KeyFile and Cluster__CaFile", "empty");
        }

        return files is [{ } certificate, { } secret, { } authority] ? new(certificate, secret, authority) : null;
    }

    private bool Flag(string key) => Word(key, "false", "false", "true") == "true";

    private string? Said(string key) => section[key] is { Length: > 0 } value ? value : null;

    private string Word(string key, string otherwise, params string[] words)
    {
        var value = Said(key) ?? otherwise;
        if (!words.Contains(value, StringComparer.Ordinal))
        {
            Fail(key, $"must be one of {string.Join(", ", words)}", value);
        }

        return value;
    }

    private TimeSpan AuditRetention(TimeSpan otherwise)
    {
        const string key = "Retention:Audit";
        var (min, said) = (TimeSpan.FromDays(1), Time(key, otherwise, TimeSpan.Zero, TimeSpan.FromDays(3_650)));
        if (said > TimeSpan.Zero && said < min)
        {
            Fail(key, $"must be 0, or at least {Hours(min)}", Hours(said));
        }

        return said;
    }

    private TimeSpan Time(string key, TimeSpan otherwise, TimeSpan min, TimeSpan max)
    {
        if (Said(key) is not { } text)
        {
            return otherwise;
        }

        if (DurationParser.TryParse(text, out var value) && value >= min && value <= max)
        {
            return value;
        }

        Fail(key, $"must be a time as hh:mm:ss, from {Hours(min)} to {Hours(max)}", text);
        return otherwise;
    }

    private static string Hours(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time:mm\\:ss}");

    private int Count(string key, int otherwise, int min, int max)
    {
        if (Said(key) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        Fail(key, $"must be a whole number from {min} to {max}", text);
        return otherwise;
    }

    /// <summary>A port from 0 to 65,535. Default 0, a free port.</summary>
    private int Port(string key) => Count(key, 0, 0, 65_535);

    private IPAddress Address(string key, IPAddress otherwise)
    {
        if (Said(key) is not { } text)
        {
            return otherwise;
        }

        // The other silos are given this address to connect to, so it must not be 0.0.0.0 or ::.
        if (IPAddress.TryParse(text, out var value) && !value.Equals(IPAddress.Any) && !value.Equals(IPAddress.IPv6Any))
        {
            return value;
        }

        Fail(key, "must be the IP address at which other silos reach this one", text);
        return otherwise;
    }

    private string ClusterId(string otherwise)
    {
        var value = Said("Cluster:Id") ?? otherwise;
        if (value.Length > 128 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            Fail("Cluster:Id", "must be 1 to 128 characters of [A-Za-z0-9._-]", value);
        }

        return value;
    }

    private double Share(string key, double otherwise)
    {
        if (Said(key) is not { } text)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
        {
            return value;
        }

        Fail(key, "must be a share from 0 to 1", text);
        return otherwise;
    }

    private string? ConnectionString()
    {
        var value = Said("Store:ConnectionString");
        if (Said("Store:Provider") != "postgres")
        {
            return value;
        }

        // The value may contain a password, so errors do not quote it.
        if (value is null)
        {
            errors.Add("ExecutionGrains__Store__ConnectionString must be given for postgres (Host=…;Database=…;Username=…;Password=…), was empty");
        }
        else if (PostgresStoreOptions.Fault(value) is { } fault)
        {
            errors.Add($"ExecutionGrains__Store__ConnectionString {fault}");
        }

        return value;
    }

    /// <summary>Errors never quote the key, only its length and its estimated strength.</summary>
    private string? BootstrapKey()
    {
        var value = Said("Auth:BootstrapKey");
        if (value is not null && (value.Length is < 32 or > 256 || value.Any(c => c is < ' ' or > '~') || value[0] == ' ' || value[^1] == ' '))
        {
            Fail("Auth:BootstrapKey", "must be 32 to 256 printable ASCII characters without leading or trailing spaces", $"{value.Length} characters");
        }
        else if (value is not null && KeyStrength.Bits(value) < KeyStrength.BitsMin)
        {
            Fail(
                "Auth:BootstrapKey",
                $"must have at least {KeyStrength.BitsMin} bits of estimated strength, such as the output of «openssl rand -base64 33»",
                string.Create(CultureInfo.InvariantCulture, $"{value.Length} characters of {KeyStrength.Bits(value):F0} bits"));
        }

        return value;
    }

    /// <summary>
    /// On PostgreSQL the setting is required unless all addresses are loopback: silos on several machines would each create a master key of their own, and a
    /// file in a container is lost with the container.
    /// </summary>
    private string? MasterKeyFile(ProgramOptions defaults)
    {
        var value = Said("Auth:MasterKeyFile");
        if (value is null && Said("Store:Provider") == "postgres"
            && !(ListenAddresses.IsLoopback(Said("Urls") ?? defaults.Urls) && IsLoopback(Said("Cluster:Address") ?? $"{defaults.ClusterAddress}")))
        {
            errors.Add(
                "ExecutionGrains__Auth__MasterKeyFile must be given on postgres where callers or silos are on other machines: "
                    + "a file that all silos share, with one line as «openssl rand -base64 32» prints it, was empty");
        }

        return value;
    }

    private static bool IsLoopback(string address) => IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip);

    private JwtSettings? Jwt()
    {
        if (Authority("Auth:Jwt") is not { } authority)
        {
            return null;
        }

        return new JwtSettings(authority, Needed("Auth:Jwt:Audience", "Auth:Jwt:Authority"), Claims("Auth:Jwt"));
    }

    private OpenIdConnectSettings? OpenIdConnect()
    {
        if (Authority("Auth:OpenIdConnect") is not { } authority)
        {
            return null;
        }

        var client = Needed("Auth:OpenIdConnect:ClientId", "Auth:OpenIdConnect:Authority");
        return new OpenIdConnectSettings(authority, client, Said("Auth:OpenIdConnect:ClientSecret"), Claims("Auth:OpenIdConnect"));
    }

    private CertificateSettings? ClientCertificates()
    {
        if (Said("Auth:Certificates:Authority") is not { } path)
        {
            return null;
        }

        if (!File.Exists(path))
        {
            Fail("Auth:Certificates:Authority", "must be an existing PEM file with the certificates of the authorities", path);
        }

        const string key = "Auth:Certificates:Callers";
        var callers = new Dictionary<string, (Role, string[]?)>(StringComparer.Ordinal);
        var text = Needed(key, "Auth:Certificates:Authority");
        foreach (var one in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (one.Split('=', StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var rights]
                && rights.Split(':', StringSplitOptions.TrimEntries) is [var word, { Length: > 0 } namespaces]
                && Words.TryParse<Role>(word, out var role))
            {
                callers[name] = (role, List(namespaces) is ["*"] ? null : [.. List(namespaces)]);
            }
            else
            {
                Fail(key, "must map common names to a role and namespaces, as in worker-1=executor:default,team-a;ops=admin:*", text);
            }
        }

        return new CertificateSettings(path, callers);
    }

    private string? Authority(string under)
    {
        var key = $"{under}:Authority";
        if (Said(key) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            Fail(key, "must be an https:// address, or http:// on loopback", text);
        }

        return text;
    }

    private string Needed(string key, string with)
    {
        if (Said(key) is { } value)
        {
            return value;
        }

        Fail(key, $"must be given with {Name(with)}", "empty");
        return string.Empty;
    }

    private ClaimMapping Claims(string under) => new(
        Said($"{under}:RoleClaim") ?? "role",
        Said($"{under}:NamespacesClaim") ?? "namespaces",
        Enum.GetValues<Role>().ToDictionary(role => role, role => List(Said($"{under}:Roles:{role}") ?? role.Word())));

    private static IReadOnlyList<string> List(string text) => text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private IReadOnlyList<IPNetwork> Proxies(IReadOnlyList<IPNetwork> otherwise)
    {
        if (Said("Proxies") is not { } text)
        {
            return otherwise;
        }

        var proxies = new List<IPNetwork>();
        foreach (var one in List(text))
        {
            if (IPNetwork.TryParse(one, out var network))
            {
                proxies.Add(network);
            }
            else if (IPAddress.TryParse(one, out var address))
            {
                proxies.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                Fail("Proxies", "must be IP addresses or networks as 10.0.0.0/8, separated by commas", text);
            }
        }

        return proxies;
    }

    private string Urls(string otherwise)
    {
        var value = Said("Urls") ?? otherwise;
        var urls = value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0 || !urls.All(url => ListenAddresses.TryParse(url, out _)))
        {
            Fail("Urls", "must be http:// or https:// addresses, separated by semicolons", value);
        }

        return value;
    }

    private void Fail(string key, string bound, string was) =>
        errors.Add($"{Name(key)} {bound}, was {was}");

    private static string Name(string key) => $"ExecutionGrains__{key.Replace(":", "__", StringComparison.Ordinal)}";
}

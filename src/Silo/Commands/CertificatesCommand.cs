using System.Globalization;
using System.Security.Cryptography;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Silo.Commands;

/// <summary>
/// The command <c>cluster certificates --out DIR</c>. It creates the certificates of a cluster's silos and grain clients, and the authority that signs them if
/// there is none yet. A further run renews the certificates with the same authority. Running silos and clients reload the changed files.
/// </summary>
public sealed class CertificatesCommand
{
    public const string Usage = "cluster certificates --out DIR [--authority DIR] [--silo NAME]… [--client NAME]… [--days N]";

    private const string Authority = "ca";
    private const int DaysDefault = 365;
    private const int DaysMax = 3_650;
    private const int NameLengthMax = 64;

    private readonly string[] _arguments;
    private readonly List<string> _silos = [];
    private readonly List<string> _clients = [];
    private string? _out;
    private string? _authority;
    private int _days = DaysDefault;

    private CertificatesCommand(string[] arguments) => _arguments = arguments;

    /// <summary>Returns null unless the arguments begin with <c>cluster certificates</c>.</summary>
    public static CertificatesCommand? Find(string[] args) => args is ["cluster", "certificates", .. var arguments] ? new(arguments) : null;

    /// <exception cref="StartException">
    /// An argument is invalid, a file of the authority is missing or does not match the other, or the authority has expired.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public void Run(TimeProvider time, TextWriter output)
    {
        Read();
        var folder = _out ?? throw new StartException($"the folder is missing: {Usage}");
        var now = time.GetUtcNow();
        var authority = OpenAuthority(_authority ?? folder, now, output);
        Trust(folder, authority);
        foreach (var (name, isSilo) in _silos.Select(name => (name, true)).Concat(_clients.Select(name => (name, false))))
        {
            var (certificate, key) = authority.Issue(name, isSilo, TimeSpan.FromDays(_days), now);
            // Write the certificate last. A program that reads between the two writes finds a key that does not match the old certificate, and keeps the
            // previous pair.
            Write(Path.Combine(folder, $"{name}.key"), key);
            Write(Path.Combine(folder, $"{name}.pem"), certificate);
            var until = Date(now.AddDays(_days) < authority.ValidUntil ? now.AddDays(_days) : authority.ValidUntil);
            output.WriteLine($"{(isSilo ? "Silo" : "Client")} {name}: {Path.Combine(folder, $"{name}.pem")} and {name}.key, valid until {until}");
        }
    }

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static CertificateAuthority OpenAuthority(string folder, DateTimeOffset now, TextWriter output)
    {
        var (certificate, key) = (Path.Combine(folder, $"{Authority}.pem"), Path.Combine(folder, $"{Authority}.key"));
        if (!File.Exists(key))
        {
            if (File.Exists(certificate))
            {
                throw new StartException($"{key} is missing beside {certificate}: "
                    + $"restore it, name its folder with --authority, or make a new authority in an empty folder");
            }

            var made = CertificateAuthority.Create(now);
            Write(key, made.KeyPem);
            Write(certificate, made.CertificatePem);
            output.WriteLine(
                $"Authority: {certificate} and {Authority}.key, valid until {Date(made.ValidUntil)}. Keep the key secret: it gives access to the cluster");
            return made;
        }

        try
        {
            var authority = CertificateAuthority.Open(File.ReadAllText(certificate), File.ReadAllText(key));
            return authority.ValidUntil > now
                ? authority
                : throw new StartException($"{certificate} expired on {Date(authority.ValidUntil)}: make a new authority in an empty folder");
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new StartException($"{key} is not the key of {certificate}: {failure.Message}");
        }
    }

    /// <summary>
    /// Writes the authority's certificate to the file of trusted authorities if that file does not exist. An existing file is never changed, because it may
    /// hold several authorities while the operator replaces one.
    /// </summary>
    /// <exception cref="StartException">The existing file does not contain the authority's certificate.</exception>
    private static void Trust(string folder, CertificateAuthority authority)
    {
        var path = Path.Combine(folder, $"{Authority}.pem");
        if (!File.Exists(path))
        {
            Write(path, authority.CertificatePem);
        }
        else if (!File.ReadAllText(path).ReplaceLineEndings("\n").Contains(authority.CertificatePem, StringComparison.Ordinal))
        {
            throw new StartException($"{path} does not hold the authority's certificate: append it there, and give the file to every silo and client first");
        }
    }

    /// <summary>Writes a file atomically, with mode 0600 from its creation on.</summary>
    private static void Write(string path, string text)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var unfinished = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var writer = new StreamWriter(unfinished, file))
            {
                writer.Write(text);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private void Read()
    {
        for (var at = 0; at < _arguments.Length; at += 2)
        {
            var value = at + 1 < _arguments.Length ? _arguments[at + 1] : throw new StartException($"{_arguments[at]} has no value: {Usage}");
            switch (_arguments[at])
            {
                case "--out":
                    _out = value;
                    break;
                case "--authority":
                    _authority = value;
                    break;
                case "--silo":
                    _silos.Add(Name(value));
                    break;
                case "--client":
                    _clients.Add(Name(value));
                    break;
                case "--days":
                    _days = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= DaysMax
                        ? days
                        : throw new StartException($"--days must be a whole number from 1 to {DaysMax}, was {value}");
                    break;
                default:
                    throw new StartException($"there is no argument {_arguments[at]}: {Usage}");
            }
        }

        if (_silos.Count + _clients.Count == 0)
        {
            _silos.Add("silo");
            _clients.Add("client");
        }
        else if (_silos.Concat(_clients).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new StartException($"the name {twice.Key} is given twice");
        }
    }

    /// <summary>Validates a name, because it becomes part of two file names.</summary>
    private static string Name(string name) =>
        name.Length is >= 1 and <= NameLengthMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && name[0] is not ('.' or '-')
            && !name.Equals(Authority, StringComparison.OrdinalIgnoreCase)
            ? name
            : throw new StartException($"a name must be 1 to {NameLengthMax} characters of [A-Za-z0-9._-], "
                + $"not begin with . or -, and not be {Authority}; was {name}");
}

using System.Globalization;
using System.Text;

namespace ExecutionGrains.Hosting.Settings;

/// <summary>What <c>/.well-known/security.txt</c> says (RFC 9116): to whom a vulnerability is reported, and until when this holds.</summary>
/// <param name="Body">The file.</param>
/// <param name="Expires">From then on readers must not trust the file.</param>
public sealed record SecurityText(string Body, DateTimeOffset Expires)
{
    private const string Section = "SecurityTxt";
    private const int LengthMax = 2_048;

    /// <summary>The fields, each with whether its values are URIs.</summary>
    private static readonly (string Setting, string Field, bool IsUri)[] Fields =
    [
        ("Contact", "Contact", true),
        ("Encryption", "Encryption", true),
        ("Acknowledgments", "Acknowledgments", true),
        ("PreferredLanguages", "Preferred-Languages", false),
        ("Canonical", "Canonical", true),
        ("Policy", "Policy", true),
        ("Hiring", "Hiring", true),
    ];

    /// <param name="fail">Takes a key, its rule and what it was.</param>
    /// <returns>Null where nothing is set, or something is wrong.</returns>
    public static SecurityText? Read(IConfigurationSection options, Action<string, string, string> fail)
    {
        var section = options.GetSection(Section);
        if (!section.GetChildren().Any(child => !string.IsNullOrEmpty(child.Value)))
        {
            return null;
        }

        var body = new StringBuilder();
        foreach (var (setting, field, isUri) in Fields)
        {
            var said = section[setting] ?? "";
            var values = isUri ? said.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : said.Length == 0 ? [] : [said];
            if (setting == "Contact" && values.Length == 0)
            {
                fail(Key(setting), "must be given with any other of SecurityTxt, such as https://example.org/report or mailto:security@example.org", "empty");
            }

            foreach (var value in values)
            {
                if (value.Length > LengthMax || value.Any(c => c is < ' ' or > '~') || (isUri && !IsUri(value)))
                {
                    const string uris = "must be https:, mailto:, tel:, dns: or openpgp4fpr: addresses, several by a comma";
                    fail(Key(setting), isUri ? uris : "must be printable ASCII", value);
                }

                body.Append(field).Append(": ").Append(value).Append('\n');
            }
        }

        if (!DateTimeOffset.TryParse(section["Expires"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires))
        {
            fail(Key("Expires"), "must be a time such as 2027-12-31T00:00:00Z", section["Expires"] ?? "empty");
        }

        body.Append(CultureInfo.InvariantCulture, $"Expires: {expires.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\n");
        return new(body.ToString(), expires);
    }

    private static string Key(string setting) => $"{Section}:{setting}";

    private static bool IsUri(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "mailto" or "tel" or "dns" or "openpgp4fpr";
}

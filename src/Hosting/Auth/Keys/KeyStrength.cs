namespace ExecutionGrains.Hosting.Auth.Keys;

/// <summary>
/// Estimates the entropy of a key. A character counts as the base-2 logarithm of the size of the key's alphabet. A repetition of an earlier part, a run such
/// as <c>aaaa</c> or <c>1234</c>, and a word that is common in passwords count as at most 8 bits each. The estimate tells a random key from a phrase such as
/// <c>changeme…</c>; it proves nothing.
/// </summary>
public static class KeyStrength
{
    /// <summary>Minimum estimate for a bootstrap key, in bits. 128.</summary>
    public const int BitsMin = 128;

    private const double WordBits = 8;
    private const int RunMin = 3;

    private static readonly string[] Words =
    [
        "administrator", "executiongrains", "bootstrap", "password", "changeme", "change-me", "change_me", "placeholder", "qwertyuiop", "asdfghjkl",
        "correcthorse", "replaceme",
        "example", "welcome", "default", "letmein", "iloveyou", "zxcvbnm", "trustno1", "monkey", "dragon", "master", "secret", "qwerty", "please", "admin",
        "change", "token", "login",
        "guest", "hello", "test", "pass", "root", "user", "todo", "key",
    ];

    /// <summary>Estimated entropy of the key, in bits.</summary>
    public static double Bits(string key)
    {
        var perCharacter = Math.Log2(Pool(key));
        var bits = 0.0;
        for (var at = 0; at < key.Length;)
        {
            var word = Words.FirstOrDefault(w => key.AsSpan(at).StartsWith(w, StringComparison.OrdinalIgnoreCase));
            var length = Math.Max(word?.Length ?? 0, Math.Max(Repeated(key, at), Run(key, at)));
            bits += length < RunMin ? perCharacter : Math.Min(WordBits, length * perCharacter);
            at += Math.Max(1, length < RunMin ? 1 : length);
        }

        return bits;
    }

    /// <summary>Size of the key's alphabet: the sum over the character classes that occur (10 digits, 26 lower case, 26 upper case, 33 others).</summary>
    private static int Pool(string key) =>
        (key.Any(char.IsAsciiDigit) ? 10 : 0) + (key.Any(char.IsAsciiLetterLower) ? 26 : 0) + (key.Any(char.IsAsciiLetterUpper) ? 26 : 0)
        + (key.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 33 : 0);

    /// <summary>
    /// Length of the longest part from this position that also occurs entirely before it, ignoring case. 0 if there is none of at least 4 characters.
    /// </summary>
    private static int Repeated(string key, int at)
    {
        const int repeatedMin = 4;
        var longest = 0;
        for (var length = repeatedMin; at + length <= key.Length && length <= at; length++)
        {
            if (!key.AsSpan(0, at).Contains(key.AsSpan(at, length), StringComparison.OrdinalIgnoreCase))
            {
                break;
            }

            longest = length;
        }

        return longest;
    }

    /// <summary>Length of the run from this position whose code points change by a constant step of 0, 1 or -1: aaaa, 1234, dcba.</summary>
    private static int Run(string key, int at)
    {
        if (at + 1 >= key.Length || Math.Abs(key[at + 1] - key[at]) > 1)
        {
            return 1;
        }

        var step = key[at + 1] - key[at];
        var end = at + 1;
        while (end < key.Length && key[end] - key[end - 1] == step)
        {
            end++;
        }

        return end - at;
    }
}

namespace ExecutionGrains.Rules;

/// <summary>
/// What a name may be, whichever way it came. Names and ids are compared, and found again by what the store holds: one that is no Unicode comes back as another, and a grain that asks for it
/// would never find it.
/// </summary>
public static class Names
{
    /// <summary>Null for 1 to <paramref name="lengthMax"/> characters without control characters and lone surrogates; else what is wrong. A surrogate pair is one character.</summary>
    public static string? Fault(string text, int lengthMax = Limits.NameLength)
    {
        var length = text.Length <= lengthMax ? text.Length : text.EnumerateRunes().Count();
        if (length == 0 || length > lengthMax)
        {
            return $"must be 1 to {lengthMax} characters, was {length}";
        }

        if (text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            return "must hold no control characters";
        }

        return UnicodeText.IsWellFormed(text) ? null : "must hold no lone surrogates";
    }
}

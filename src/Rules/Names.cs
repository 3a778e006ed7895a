namespace ExecutionGrains.Rules;

/// <summary>
/// What a name may be, whichever way it came. Stores compare names and find them again: a name that is no Unicode would come back as another, and a grain
/// that asks for it
/// would never find it.
/// </summary>
public static class Names
{
    /// <summary>
    /// Null for <paramref name="lengthMin"/> to <paramref name="lengthMax"/> characters without control characters and lone surrogates; else the rule that is
    /// broken.
    /// A surrogate pair is one character.
    /// </summary>
    public static string? Fault(string text, int lengthMax = Limits.NameLength, int lengthMin = 1)
    {
        var length = text.Length <= lengthMax ? text.Length : text.EnumerateRunes().Count();
        if (length < lengthMin || length > lengthMax)
        {
            return $"must be {lengthMin} to {lengthMax} characters, was {length}";
        }

        if (text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            return "must hold no control characters";
        }

        return UnicodeText.IsWellFormed(text) ? null : "must hold no lone surrogates";
    }
}

namespace ExecutionGrains.Rules;

/// <summary>
/// The rule for names, both from HTTP and from grain calls. Names must be valid Unicode, because they are keys in the stores: a store would return another
/// name for an invalid one, and a lookup would not find it.
/// </summary>
public static class NameRule
{
    /// <summary>
    /// The rule that the name breaks. Null for <paramref name="lengthMin"/> to <paramref name="lengthMax"/> characters without control characters and lone
    /// surrogates. A surrogate pair counts as one character.
    /// </summary>
    public static string? Validate(string text, int lengthMax = Limits.NameLengthMax, int lengthMin = 1)
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

namespace ExecutionGrains.Rules;

/// <summary>One field that is missing, of the wrong kind or out of bounds.</summary>
/// <param name="Pointer">A JSON pointer, relative to the object that was read.</param>
/// <param name="Message">The rule that the field breaks: <c>must be …</c>, <c>is required</c>.</param>
/// <param name="Code">The code with which an event with this error is rejected.</param>
public readonly record struct FieldError(string Pointer, string Message, Code Code = Code.InvalidEvent)
{
    public override string ToString() => Pointer.Length == 0 ? Message : $"{Pointer}: {Message}";
}

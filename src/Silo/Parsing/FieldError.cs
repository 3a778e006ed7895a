namespace ExecutionGrains.Silo.Parsing;

/// <summary>What is wrong with one field. The code is <see cref="Code.InvalidEvent"/> unless a more specific one fits.</summary>
/// <param name="Pointer">JSON pointer from the object that was read.</param>
public readonly record struct FieldError(string Pointer, string Message, Code Code = Code.InvalidEvent)
{
    public override string ToString() => $"{Pointer}: {Message}";
}

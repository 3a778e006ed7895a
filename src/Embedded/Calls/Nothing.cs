namespace ExecutionGrains.Embedded;

/// <summary>The result of a method that returns a bare Task.</summary>
internal readonly struct Nothing;

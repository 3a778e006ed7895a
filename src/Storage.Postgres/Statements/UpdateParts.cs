namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>The holes of UpdateExecutions that most commits leave out, because they do not need them.</summary>
[Flags]
internal enum UpdateParts
{
    None = 0,

    /// <summary>Checks new ids before writing.</summary>
    Asked = 1,

    /// <summary>Updates label rows, because labels or values in their index entries change. Requires <see cref="Relisted"/>.</summary>
    Relabelled = 2,

    /// <summary>Updates columns that lists show or filter by.</summary>
    Relisted = 4,
}

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Parts of a statement's text, between <c>-- asked {</c> and <c>-- }</c>, that most commits have nothing for and do without.</summary>
[Flags]
internal enum UpdateParts
{
    None = 0,

    /// <summary>Ids are asked for before they are written.</summary>
    Asked = 1,

    /// <summary>Labels change, or what they stand beside in their index. Not without <see cref="Relisted"/>.</summary>
    Relabelled = 2,

    /// <summary>Something changes that lists show or filter by.</summary>
    Relisted = 4,
}

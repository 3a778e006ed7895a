namespace ExecutionGrains.Storage.Statements;

/// <summary>
/// A row that a database returned, column by column from 0. Each database implements it by a struct, so that reading a value costs no virtual call.
/// </summary>
internal interface IRow
{
    bool IsNull(int column);

    int Int(int column);

    long Long(int column);

    bool Flag(int column);

    string Text(int column);

    /// <summary>A value that is stored as a word, such as a status.</summary>
    /// <exception cref="InvalidDataException">The text is not the word of a value.</exception>
    T Word<T>(int column)
        where T : struct, Enum;

    /// <inheritdoc cref="Word{T}"/>
    T? WordOrNull<T>(int column)
        where T : struct, Enum;

    byte[] Blob(int column);
}

// The types by which the driver is taught to write a type of ours are its plugins' interface, and marked as one that may change: the version is pinned.
#pragma warning disable NPG9001
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Tells the driver how a <see cref="RowColumn"/> goes to the server: as it is.</summary>
internal sealed class RowColumnTypes : PgTypeInfoResolverFactory
{
    public override IPgTypeInfoResolver CreateResolver() => new Resolver();

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    private sealed class Resolver : IPgTypeInfoResolver
    {
        private static readonly Converter Whole = new();

        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) =>
            type == typeof(RowColumn) && dataTypeName is { } name ? new PgTypeInfo(options, Whole, name) : null;
    }

    private sealed class Converter() : PgStreamingConverter<RowColumn>(customDbNullPredicate: true)
    {
        protected override bool IsDbNullValue(RowColumn? value, ref object? writeState) => value is null or { IsNull: true };

        public override Size GetSize(SizeContext context, RowColumn value, ref object? writeState) => value.Length;

        public override void Write(PgWriter writer, RowColumn value) => writer.WriteBytes(value.Wire().Span);

        public override ValueTask WriteAsync(PgWriter writer, RowColumn value, CancellationToken cancellationToken = default) =>
            writer.WriteBytesAsync(value.Wire(), cancellationToken);

        public override RowColumn Read(PgReader reader) => throw new NotSupportedException("A column of rows is only written.");

        public override ValueTask<RowColumn> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) => throw new NotSupportedException("A column of rows is only written.");
    }
}

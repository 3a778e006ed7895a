// The types by which the driver is taught to write a type of ours are its plugins' interface, and marked as one that may change: the version is pinned.
#pragma warning disable NPG9001
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>Tells the driver how a <see cref="ArrayParameter"/> goes to the server: as it is.</summary>
internal sealed class ArrayParameterTypes : PgTypeInfoResolverFactory
{
    public override IPgTypeInfoResolver CreateResolver() => new Resolver();

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    private sealed class Resolver : IPgTypeInfoResolver
    {
        private static readonly Converter Whole = new();

        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) =>
            type == typeof(ArrayParameter) && dataTypeName is { } name ? new PgTypeInfo(options, Whole, name) : null;
    }

    private sealed class Converter() : PgStreamingConverter<ArrayParameter>(customDbNullPredicate: true)
    {
        protected override bool IsDbNullValue(ArrayParameter? value, ref object? writeState) => value is null or { IsNull: true };

        public override Size GetSize(SizeContext context, ArrayParameter value, ref object? writeState) => value.Length;

        public override void Write(PgWriter writer, ArrayParameter value) => writer.WriteBytes(value.Wire().Span);

        public override ValueTask WriteAsync(PgWriter writer, ArrayParameter value, CancellationToken cancellationToken = default) =>
            writer.WriteBytesAsync(value.Wire(), cancellationToken);

        public override ArrayParameter Read(PgReader reader) => throw new NotSupportedException("A column of rows is only written.");

        public override ValueTask<ArrayParameter> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("A column of rows is only written.");
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// One column of rows as an array parameter. Values are encoded in the wire format as they are added. Letting the driver keep, measure and write them one by
/// one took a third of the silo's time per commit.
/// </summary>
internal sealed class ArrayParameter(NpgsqlDbType type) : IBufferWriter<byte>
{
    /// <summary>Buffer size kept by <see cref="Clear"/>, in bytes. Larger buffers are released.</summary>
    private const int KeptMax = 1 << 20;

    private const int HeadLength = 20;
    private const int Null = -1;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] bytes = new byte[256];
    private int length = HeadLength;
    private int count;
    private int nulls;

    /// <summary>Length of the whole parameter in wire format, in bytes.</summary>
    public int Length => length;

    /// <summary>
    /// Whether all values are null. Such a column is sent as one null: unnest pads it with nulls next to longer columns. Every second column is like this.
    /// </summary>
    public bool IsNull => count == nulls;

    /// <summary>A parameter for one command.</summary>
    public NpgsqlParameter Parameter() => new NpgsqlParameter<ArrayParameter> { TypedValue = this, NpgsqlDbType = NpgsqlDbType.Array | type };

    /// <summary>
    /// The wire format of array_recv: number of dimensions, null flag, element type, element count, lower bound, then each value with its length.
    /// </summary>
    public ReadOnlyMemory<byte> Wire()
    {
        var head = bytes.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(head, 1);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], nulls == 0 ? 0 : 1);
        BinaryPrimitives.WriteInt32BigEndian(head[8..], Number(type));
        BinaryPrimitives.WriteInt32BigEndian(head[12..], count);
        BinaryPrimitives.WriteInt32BigEndian(head[16..], 1);
        return bytes.AsMemory(0, Length);
    }

    public void Clear()
    {
        (length, count, nulls) = (HeadLength, 0, 0);
        if (bytes.Length > KeptMax)
        {
            bytes = new byte[256];
        }
    }

    public void AddNull()
    {
        BinaryPrimitives.WriteInt32BigEndian(Next(4), Null);
        nulls++;
    }

    public void Add(int value)
    {
        var to = Next(8);
        BinaryPrimitives.WriteInt32BigEndian(to, 4);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], value);
    }

    public void Add(long value)
    {
        var to = Next(12);
        BinaryPrimitives.WriteInt32BigEndian(to, 8);
        BinaryPrimitives.WriteInt64BigEndian(to[4..], value);
    }

    public void Add(bool value)
    {
        var to = Next(5);
        BinaryPrimitives.WriteInt32BigEndian(to, 1);
        to[4] = value ? (byte)1 : (byte)0;
    }

    /// <exception cref="EncoderFallbackException">The text contains a lone surrogate.</exception>
    public void Add(string value)
    {
        var began = Begin();
        Advance(Utf8.GetBytes(value, GetSpan(Utf8.GetMaxByteCount(value.Length))));
        End(began);
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Next(4 + value.Length)[4..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(length - value.Length - 4), value.Length);
    }

    /// <summary>Starts a value that is written in pieces.</summary>
    /// <returns>Start position, for <see cref="End"/>.</returns>
    public int Begin()
    {
        _ = Next(4);
        return length;
    }

    public void End(int began) => BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(began - 4), length - began);

    public void Advance(int count) => length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Make(sizeHint);
        return bytes.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Make(sizeHint);
        return bytes.AsSpan(length);
    }

    /// <summary>The type's object id (OID), which is the same on every server.</summary>
    private static int Number(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Boolean => 16,
        NpgsqlDbType.Bytea => 17,
        NpgsqlDbType.Bigint => 20,
        NpgsqlDbType.Integer => 23,
        NpgsqlDbType.Text => 25,
        _ => throw new NotSupportedException($"{type} is not supported as a column type."),
    };

    private Span<byte> Next(int size)
    {
        Make(size);
        count++;
        var next = bytes.AsSpan(length, size);
        length += size;
        return next;
    }

    private void Make(int room)
    {
        room = Math.Max(room, 1);
        if (bytes.Length - length < room)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + room));
        }
    }
}

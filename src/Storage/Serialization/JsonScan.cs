using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>
/// Single-pass reader for JSON that the store itself wrote. It does not validate every character, which makes it twice as fast as
/// <see cref="Utf8JsonReader"/>. Truncated text and text that is not JSON throw <see cref="JsonException"/>.
/// </summary>
internal ref struct JsonScan(ReadOnlySpan<byte> json)
{
    private static readonly SearchValues<byte> Nesting = SearchValues.Create("\"{}[]"u8);

    private readonly ReadOnlySpan<byte> json = json;
    private int at;

    /// <summary>Enters an object, or moves to its next member. The caller then reads the member's name.</summary>
    /// <returns>False at the end of the object.</returns>
    public bool Next()
    {
        var mark = Peek();
        at++;
        if (mark == '{' && Peek() == '}')
        {
            (mark, at) = ((byte)'}', at + 1);
        }

        return mark is (byte)'{' or (byte)',' or (byte)'}' ? mark != '}' : throw Broken();
    }

    /// <summary>Consumes the member's name if it is this one, written without whitespace.</summary>
    /// <param name="name">The name with its quotes and the colon.</param>
    /// <param name="second">The second byte of <paramref name="name"/>, for a fast mismatch.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(byte[] name, byte second)
    {
        if ((uint)(at + 1) >= (uint)json.Length || json[at + 1] != second || !json[at..].StartsWith(name))
        {
            return false;
        }

        at += name.Length;
        return true;
    }

    /// <summary>Reads the name without its quotes. Escapes are not decoded.</summary>
    public ReadOnlySpan<byte> Name()
    {
        var name = Quoted();
        at = Peek() == ':' ? at + 1 : throw Broken();
        return name;
    }

    /// <summary>Whether the value is null. If so, consumes it.</summary>
    public bool IsNull()
    {
        if (Peek() != 'n')
        {
            return false;
        }

        Value();
        return true;
    }

    public string Text() => Plain(Quoted());

    /// <summary>As <see cref="Text()"/>, but reuses the pool's string for a text that it holds.</summary>
    public string Text(TextPool pool) => pool.Get(Quoted());

    public long Number()
    {
        var isNegative = Peek() == '-';
        at += isNegative ? 1 : 0;
        var start = at;
        var number = 0L;
        while (json.Length - at >= 8 && Eight(json[at..]) is { } eight)
        {
            number = checked((number * 100_000_000) + eight);
            at += 8;
        }

        while ((uint)at < (uint)json.Length && json[at] - '0' is >= 0 and <= 9 and var digit)
        {
            number = checked((number * 10) + digit);
            at++;
        }

        return at == start ? throw Broken() : isNegative ? -number : number;
    }

    public decimal Amount()
    {
        Peek();
        at += Utf8Parser.TryParse(json[at..], out decimal amount, out var length) ? length : throw Broken();
        return amount;
    }

    /// <summary>Reads a text without its quotes. The caller knows that it contains no escapes.</summary>
    public ReadOnlySpan<byte> Word() => Quoted();

    /// <summary>Skips a value of any kind.</summary>
    /// <returns>The JSON of the value.</returns>
    public ReadOnlySpan<byte> Value()
    {
        var first = Peek();
        var start = at;
        if (first == '"')
        {
            Quoted();
        }
        else if (first is (byte)'{' or (byte)'[')
        {
            Nested();
        }
        else
        {
            at += json[at..].IndexOfAny(",}]"u8) is >= 0 and var length ? length : throw Broken();
        }

        return json[start..at];
    }

    /// <summary>Decodes a text, given without its quotes.</summary>
    public static string Plain(ReadOnlySpan<byte> quoted)
    {
        if (!quoted.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(quoted);
        }

        var reader = new Utf8JsonReader([(byte)'"', .. quoted, (byte)'"']);
        reader.Read();
        return reader.GetString()!;
    }

    private static JsonException Broken() => new("The stored text is not JSON.");

    /// <summary>Skips whitespace and returns the next byte without consuming it.</summary>
    private byte Peek()
    {
        while (at < json.Length)
        {
            if (json[at] > ' ')
            {
                return json[at];
            }

            at++;
        }

        throw Broken();
    }

    /// <summary>Parses eight digits at once; a timestamp has sixteen. Null: not all are digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long? Eight(ReadOnlySpan<byte> text)
    {
        const ulong high = 0xF0F0F0F0F0F0F0F0, zeros = 0x3030303030303030;
        var digits = BinaryPrimitives.ReadUInt64LittleEndian(text);
        if ((digits & high) != zeros || ((digits + 0x0606060606060606) & high) != zeros)
        {
            return null;
        }

        // Combine neighbouring digits: first into pairs, then into fours, then all eight.
        digits = (digits & 0x0F0F0F0F0F0F0F0F) * ((10 << 8) + 1) >> 8;
        digits = (digits & 0x00FF00FF00FF00FF) * ((100 << 16) + 1) >> 16;
        return (long)((digits & 0x0000FFFF0000FFFF) * ((10_000UL << 32) + 1) >> 32);
    }

    /// <summary>Offset of the next quote or backslash. Most are within 16 bytes, which one vector comparison covers.</summary>
    private static int Mark(ReadOnlySpan<byte> text)
    {
        if (Vector128.IsHardwareAccelerated && text.Length >= Vector128<byte>.Count)
        {
            var some = Vector128.Create(text);
            var marks = (Vector128.Equals(some, Vector128.Create((byte)'"')) | Vector128.Equals(some, Vector128.Create((byte)'\\')))
                .ExtractMostSignificantBits();
            if (marks != 0)
            {
                return BitOperations.TrailingZeroCount(marks);
            }
        }

        return text.IndexOfAny((byte)'"', (byte)'\\');
    }

    private void Nested()
    {
        var depth = 0;
        do
        {
            at += json[at..].IndexOfAny(Nesting) is >= 0 and var distance ? distance : throw Broken();
            if (json[at] == '"')
            {
                Quoted();
            }
            else
            {
                depth += json[at++] is (byte)'{' or (byte)'[' ? 1 : -1;
            }
        }
        while (depth > 0);
    }

    /// <summary>Reads a quoted text. Returns it without its quotes.</summary>
    private ReadOnlySpan<byte> Quoted()
    {
        var start = at = Peek() == '"' ? at + 1 : throw Broken();
        while (true)
        {
            at += Mark(json[at..]) is >= 0 and var distance ? distance : throw Broken();
            if (json[at] == '"')
            {
                return json[start..at++];
            }

            // Skip the escaped character: an escaped quote does not end the text.
            at = Math.Min(at + 2, json.Length);
        }
    }
}

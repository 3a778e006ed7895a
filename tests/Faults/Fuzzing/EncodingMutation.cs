using System.IO.Compression;

namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>Compresses bodies, and breaks what it compressed.</summary>
internal sealed class EncodingMutation(Random random)
{
    private const int BombBytes = 64 * 1024 * 1024;

    private static readonly string[] Names =
        ["gzip", "br", "GZIP", " br ", "identity", "deflate", "zstd", "x-gzip", "gzip, br", "gzip, gzip", "gzip;q=1", "*", "", ",", "gzip,"];

    /// <summary>64 MiB of blanks: 64 KiB as gzip, some bytes as br.</summary>
    private static readonly Lazy<byte[]> GzipBomb = new(() => Encoded(Blanks(), "gzip"));
    private static readonly Lazy<byte[]> BrotliBomb = new(() => Encoded(Blanks(), "br"));

    /// <returns>The body, and the name that it goes by.</returns>
    public (byte[] Body, string Name) Of(byte[] body)
    {
        var name = random.Next(2) == 0 ? "gzip" : "br";
        var sound = Encoded(body, name);
        return random.Next(12) switch
        {
            0 => (sound[..random.Next(sound.Length)], name),
            1 => (Flipped(sound), name),
            2 => (Encoded(sound, name), name),
            3 => (Encoded(sound, name == "br" ? "gzip" : "br"), $"{name}, {(name == "br" ? "gzip" : "br")}"),
            4 => (sound, name == "br" ? "gzip" : "br"),
            5 => (body, name),
            6 => (name == "br" ? BrotliBomb.Value : GzipBomb.Value, name),
            7 => ([.. sound, .. sound], name),
            8 => ([.. sound, .. "trailing"u8], name),
            9 => (body, Names[random.Next(Names.Length)]),
            _ => (sound, name),
        };
    }

    private byte[] Flipped(byte[] sound)
    {
        byte[] flipped = [.. sound];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        }

        return flipped;
    }

    private static byte[] Encoded(byte[] plain, string name)
    {
        using var buffer = new MemoryStream();
        using (Stream encoder = name == "br"
            ? new BrotliStream(buffer, CompressionLevel.Fastest, leaveOpen: true)
            : new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            encoder.Write(plain);
            // Without a byte the encoders write nothing at all.
            encoder.Flush();
        }

        return buffer.Length > 0 ? buffer.ToArray() : [0];
    }

    private static byte[] Blanks()
    {
        var blanks = new byte[BombBytes];
        Array.Fill(blanks, (byte)' ');
        return blanks;
    }
}

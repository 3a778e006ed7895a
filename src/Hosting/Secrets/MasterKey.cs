using System.Security.Cryptography;
using System.Text;

namespace ExecutionGrains.Hosting.Secrets;

/// <summary>
/// The key that encrypts (wraps) the secrets in the database; it is kept outside the database. 256 bits, AES-GCM. A wrapped secret is authenticated together
/// with its name, so it cannot be stored under another name. It also contains an id of the master key that wrapped it.
/// </summary>
public sealed class MasterKey
{
    /// <summary>Length of the key in bytes. 32.</summary>
    public const int Length = 32;

    private const byte Format = 1;
    private const int IdLength = 8;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = 1 + IdLength;
    private const int OverheadLength = HeadLength + NonceLength + TagLength;

    private readonly byte[] _key;
    private readonly byte[] _id;

    private MasterKey(byte[] key) => (_key, _id) = (key, HMACSHA256.HashData(key, "executiongrains master key"u8)[..IdLength]);

    public static MasterKey New() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Returns null if the text is not 32 bytes in base64, as <c>openssl rand -base64 32</c> prints them.</summary>
    public static MasterKey? Parse(string text)
    {
        var bytes = new byte[Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var count) && count == Length ? new MasterKey(bytes) : null;
    }

    /// <summary>Returns the key in base64, the form that <see cref="Parse"/> reads.</summary>
    public string Text() => Convert.ToBase64String(_key);

    /// <summary>Encrypts a secret. Layout of the result: format (1 byte), id of the master key (8), nonce (12), tag (16), ciphertext.</summary>
    public byte[] Wrap(string name, ReadOnlySpan<byte> secret)
    {
        var wrapped = new byte[OverheadLength + secret.Length];
        var nonce = wrapped.AsSpan(HeadLength, NonceLength);
        wrapped[0] = Format;
        _id.CopyTo(wrapped.AsSpan(1));
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagLength);
        aes.Encrypt(nonce, secret, wrapped.AsSpan(OverheadLength), wrapped.AsSpan(HeadLength + NonceLength, TagLength), Bound(name, wrapped));
        return wrapped;
    }

    /// <summary>Returns null if another master key wrapped the secret, if it was wrapped under another name, or if it was changed.</summary>
    public byte[]? Unwrap(string name, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < OverheadLength || wrapped[0] != Format || !wrapped.Slice(1, IdLength).SequenceEqual(_id))
        {
            return null;
        }

        var secret = new byte[wrapped.Length - OverheadLength];
        using var aes = new AesGcm(_key, TagLength);
        try
        {
            var tag = wrapped.Slice(HeadLength + NonceLength, TagLength);
            aes.Decrypt(wrapped.Slice(HeadLength, NonceLength), wrapped[OverheadLength..], tag, secret, Bound(name, wrapped));
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>The associated data, which is authenticated but not encrypted: format, id of the master key, and the secret's name.</summary>
    private static byte[] Bound(string name, ReadOnlySpan<byte> wrapped) => [.. wrapped[..HeadLength], .. Encoding.UTF8.GetBytes(name)];
}

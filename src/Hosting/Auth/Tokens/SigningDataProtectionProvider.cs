using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace ExecutionGrains.Hosting.Auth.Tokens;

/// <summary>
/// Data protection for ASP.NET Core's OpenID Connect sign-in, which keeps its state in the browser. Encrypts with AES-256-GCM and a key derived from the
/// shared signing secret, so that a sign-in can start on one silo and end on another, and no key files are needed.
/// </summary>
public sealed class SigningDataProtectionProvider(PayloadSigner signing) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) => new Protector(signing, purpose);

    private sealed class Protector(PayloadSigner signing, string purpose) : IDataProtector
    {
        private const string Label = "egp";
        private const int NonceLength = 12;
        private const int TagLength = 16;

        public IDataProtector CreateProtector(string purpose1) => new Protector(signing, $"{purpose}\n{purpose1}");

        public byte[] Protect(byte[] plaintext)
        {
            var sealedText = new byte[NonceLength + TagLength + plaintext.Length];
            RandomNumberGenerator.Fill(sealedText.AsSpan(0, NonceLength));
            using var aes = new AesGcm(Key(), TagLength);
            aes.Encrypt(
                sealedText.AsSpan(0, NonceLength), plaintext, sealedText.AsSpan(NonceLength + TagLength), sealedText.AsSpan(NonceLength, TagLength), Purpose());
            return sealedText;
        }

        /// <exception cref="CryptographicException">
        /// The data was not encrypted by <see cref="Protect"/> for the same purpose, or the signing secret has changed since.
        /// </exception>
        public byte[] Unprotect(byte[] protectedData)
        {
            if (protectedData.Length < NonceLength + TagLength)
            {
                throw new CryptographicException("The text is too short.");
            }

            var plaintext = new byte[protectedData.Length - NonceLength - TagLength];
            using var aes = new AesGcm(Key(), TagLength);
            aes.Decrypt(
                protectedData.AsSpan(0, NonceLength),
                protectedData.AsSpan(NonceLength + TagLength),
                protectedData.AsSpan(NonceLength, TagLength),
                plaintext,
                Purpose());
            return plaintext;
        }

        private byte[] Purpose() => Encoding.UTF8.GetBytes(purpose);

        private byte[] Key() => SHA256.HashData(Encoding.ASCII.GetBytes(signing.Sign(Label, "key"u8)));
    }
}

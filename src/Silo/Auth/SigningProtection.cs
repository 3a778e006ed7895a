using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// What ASP.NET Core's sign-in with an identity provider keeps in the browser meanwhile, sealed by a key that all silos derive from the secret they share:
/// a sign-in that began at one silo ends at another, and nothing is kept in files.
/// </summary>
public sealed class SigningProtection(Signing signing) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) => new Protector(signing, purpose);

    private sealed class Protector(Signing signing, string purpose) : IDataProtector
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

        /// <exception cref="CryptographicException">It was not sealed here for this purpose.</exception>
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

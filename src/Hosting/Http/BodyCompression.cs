using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Compression of response bodies by gzip and br if the client's Accept-Encoding names one. It has options of its own, because the app's options belong to
/// the app's other endpoints.
/// </summary>
internal static class BodyCompression
{
    public static IApplicationBuilder UseBodyCompression(this IApplicationBuilder app) =>
        app.UseMiddleware<ResponseCompressionMiddleware>(new ResponseCompressionProvider(app.ApplicationServices, Options.Create(Settings())));

    private static ResponseCompressionOptions Settings()
    {
        var options = new ResponseCompressionOptions
        {
            // Safe over HTTPS (BREACH): no response to a GET holds a secret next to text that an attacker can choose. Keys and tokens are returned by POST.
            EnableForHttps = true,
            MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json"],
        };
        options.Providers.Add(new BrotliCompressionProvider(Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        options.Providers.Add(new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Fastest })));
        return options;
    }
}

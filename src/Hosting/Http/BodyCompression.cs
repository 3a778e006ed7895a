using System.IO.Compression;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.AspNetCore.ResponseCompression;

namespace ExecutionGrains.Hosting.Http;

/// <summary>Compression of bodies by gzip and br: accepted in requests, and used for a response if the client's Accept-Encoding names one.</summary>
internal static class BodyCompression
{
    public static void Add(IServiceCollection services)
    {
        services.AddRequestDecompression(options => options.DecompressionProviders.Remove("deflate"));
        services.AddResponseCompression(options =>
        {
            // Safe over HTTPS (BREACH): no response to a GET holds a secret next to text that an attacker can choose. Keys and tokens are returned by POST.
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json"];
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }
}

using System.IO.Compression;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.AspNetCore.ResponseCompression;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Compressed bodies: gzip and br are taken, and given to whom asks for one.</summary>
internal static class BodyEncodings
{
    public static void Add(IServiceCollection services)
    {
        services.AddRequestDecompression(options => options.DecompressionProviders.Remove("deflate"));
        services.AddResponseCompression(options =>
        {
            // Answers hold no secret beside text of an attacker's choice that a browser could be made to ask for: keys and tokens are answers to POST.
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json"];
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }
}

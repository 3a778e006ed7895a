namespace ExecutionGrains.Silo.Configuration;

/// <summary>Creates the builder of the program's host, for a silo and for commands.</summary>
internal static class ProgramBuilder
{
    /// <summary>
    /// Reads the configuration from the appsettings files in the program's own folder, from the environment and from the arguments. The current folder does
    /// not matter.
    /// </summary>
    public static WebApplicationBuilder Create(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
}

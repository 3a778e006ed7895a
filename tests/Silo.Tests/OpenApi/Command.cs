using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace ExecutionGrains.Silo.Tests.OpenApi;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The output of a program that succeeds. If it fails or runs longer than 5 min, the test fails with its output.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(Longest);
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancel.Token);
            var output = await process.StandardOutput.ReadToEndAsync(cancel.Token);
            await process.WaitForExitAsync(cancel.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{output}\n{await error}");
            return output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The first line that a program prints for <c>--version</c>; null if there is no such program.</summary>
    public static async Task<string?> VersionAsync(string program)
    {
        try
        {
            return (await RunAsync(program, ["--version"], Path.GetTempPath())).Trim();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

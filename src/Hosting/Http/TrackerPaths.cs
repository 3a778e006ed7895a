using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// The paths of the tracker's endpoints. In an app with endpoints of its own, requests of all other paths do not pass the tracker's middleware.
/// </summary>
internal static class TrackerPaths
{
    /// <summary>Each with everything below it.</summary>
    private static readonly PathString[] Prefixes =
    [
        "/v1/audit", "/v1/cluster", "/v1/events", "/v1/executions", "/v1/janitor", "/v1/keys", "/v1/me", "/v1/secrets", "/v1/stats", "/health/live",
        "/health/ready", "/openapi/v1.json", "/.well-known/security.txt", "/dashboard.css", "/dashboard.js", "/signin", "/signout",
    ];

    public static bool Contains(PathString path, ExecutionGrainsOptions options) =>
        path.Equals(options.DashboardPath, StringComparison.OrdinalIgnoreCase) || Array.Exists(Prefixes, prefix => path.StartsWithSegments(prefix));
}

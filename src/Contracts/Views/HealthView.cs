using System.ComponentModel.DataAnnotations;

namespace ExecutionGrains.Views;

/// <summary>The answer to a health check that succeeded.</summary>
/// <param name="Status"><c>live</c>: the process runs. <c>ready</c>: the silo can serve requests.</param>
public sealed record HealthView([property: AllowedValues("live", "ready")] string Status);

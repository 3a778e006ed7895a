using System.ComponentModel.DataAnnotations;

namespace ExecutionGrains.Views;

/// <summary>Whether the silo lives, or can serve.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
public sealed record HealthView([property: AllowedValues("live", "ready")] string Status);

using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Description;

/// <summary>Bounds as constants, for the validation attributes that the OpenAPI document is generated from.</summary>
internal static class SchemaBounds
{
    /// <summary>The pattern of an execution's id.</summary>
    public const string Id = @"^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$";

    public const double CostMax = (double)Limits.CostMax;
}

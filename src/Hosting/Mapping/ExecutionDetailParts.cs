using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Pages;

namespace ExecutionGrains.Hosting.Mapping;

/// <summary>Parts of an execution's detail view that are stored outside its row.</summary>
/// <param name="Final">Output and error of the current epoch; null: not finished, or none stored.</param>
public sealed record ExecutionDetailParts(
    IReadOnlyList<Effect.Evidence> Evidence,
    IReadOnlyList<RejectionRow> Rejections,
    Effect.FinalPayload? Final);

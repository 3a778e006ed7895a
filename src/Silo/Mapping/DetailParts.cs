using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Mapping;

/// <summary>What one execution's page needs beside its row.</summary>
public sealed record DetailParts(
    IReadOnlyList<Effect.Evidence> Evidence,
    IReadOnlyList<RejectionRow> Rejections,
    Effect.FinalPayload? Final);

using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>What the silos of a cluster say together, as far as it is known within a few seconds.</summary>
/// <param name="Activations">Grains of ours in memory by class; null where nobody can say.</param>
/// <param name="Janitor">The last sweep of any silo, and what those that live have found and marked since their starts.</param>
public sealed record ClusterAnswer(IReadOnlyList<SiloView> Silos, IReadOnlyDictionary<string, long>? Activations, JanitorView Janitor);

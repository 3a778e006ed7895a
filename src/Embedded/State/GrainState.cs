namespace ExecutionGrains.Embedded;

internal static class GrainState
{
    public static IGrainStateRecord Create(Type state, IGrainStateStore store, string grain, string name) =>
        (IGrainStateRecord)Activator.CreateInstance(typeof(GrainState<>).MakeGenericType(state), store, grain, name)!;
}

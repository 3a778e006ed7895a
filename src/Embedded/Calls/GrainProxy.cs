using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

/// <summary>The base of the emitted reference types. Remembers the activation it last met.</summary>
internal abstract class GrainProxy(GrainKind kind, string key) : IAddressable
{
    private Activation? _activation;

    public GrainKind Kind => kind;

    public string Key => key;

    public override string ToString() => kind.IdOf(key);

    public override bool Equals(object? obj) => obj is GrainProxy other && other.Kind == kind && other.Key == key;

    public override int GetHashCode() => HashCode.Combine(kind.Name, key);

    protected Task Send(GrainCall call, GrainMethod method)
    {
        call.Method = method;
        if (kind.Silo.RefusesCall)
        {
            return Refused(call);
        }

        if (kind.Silo.Options.CopyArguments)
        {
            method.CopyArguments(call);
        }

        return Volatile.Read(ref _activation)?.Submit(call) ?? SendToSuccessor(call);
    }

    private Task SendToSuccessor(GrainCall call)
    {
        while (true)
        {
            if (kind.Find(key) is not { } activation)
            {
                return Refused(call);
            }

            Volatile.Write(ref _activation, activation);
            if (activation.Submit(call) is { } outcome)
            {
                return outcome;
            }
        }
    }

    private static Task Refused(GrainCall call) => call.Refuse(EmbeddedSilo.Unavailable());
}

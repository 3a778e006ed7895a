using ExecutionGrains.Embedded;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of every grain class. One turn at a time; continuations come back to the grain's own scheduler.</summary>
public abstract class Grain : IAddressable
{
    private readonly Activation? _activation = Activation.UnderConstruction;

    protected Grain()
    {
    }

    protected IGrainFactory GrainFactory => Activation.Silo.GrainFactory;

    internal Activation Activation =>
        _activation ?? throw new InvalidOperationException("Grain was created outside of the runtime's creation process.");

    /// <summary>Runs before the first call, after the persistent states have been read. If it throws, the waiting calls fail
    /// with its exception and the next call tries again.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs when the activation goes in good order. It does not run after a crash: nothing may depend on it.</summary>
    /// <param name="reason">Informational only.</param>
    /// <param name="cancellationToken">Cancelled when deactivation should end promptly.</param>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Deactivates after the calls in progress; calls that come meanwhile wait for the next activation.</summary>
    protected void DeactivateOnIdle() =>
        Activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));
}

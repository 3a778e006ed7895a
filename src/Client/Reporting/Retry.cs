using Polly;
using Polly.Retry;

namespace ExecutionGrains.Client.Reporting;

/// <summary>The one way of trying again: faults of the way, transient refusals, and whatever an attempt itself calls unfinished.</summary>
internal static class Retry
{
    /// <summary>Longest wait that a tracker may ask for.</summary>
    internal static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(1);

    /// <param name="unfinished">Whether an attempt's result asks for another attempt.</param>
    public static ResiliencePipeline<T> Pipeline<T>(TrackerOptions options, TimeSpan delayMax, Func<T, bool> unfinished, Action<Exception> onFault, TimeSpan? patience = null)
    {
        var builder = new ResiliencePipelineBuilder<T> { TimeProvider = options.TimeProvider };
        if (patience is { } whole)
        {
            builder.AddTimeout(whole);
        }

        return builder
            .AddRetry(new RetryStrategyOptions<T>
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = delayMax,
                ShouldHandle = args => new(args.Outcome is { Exception: { } e } ? IsTransient(e) : unfinished(args.Outcome.Result!)),
                DelayGenerator = args => new(RetryAfter(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    if (args.Outcome.Exception is { } e)
                    {
                        onFault(e);
                    }

                    return default;
                },
            })
            .AddTimeout(options.RequestTimeout)
            .Build();
    }

    private static bool IsTransient(Exception e) => e switch
    {
        TrackerException tracker => tracker.Transient,
        OperationCanceledException => false,
        _ => true,
    };

    private static TimeSpan? RetryAfter(Exception? e) =>
        e is TrackerException { RetryAfter: { } wait } && wait > TimeSpan.Zero ? (wait < RetryAfterMax ? wait : RetryAfterMax) : null;
}

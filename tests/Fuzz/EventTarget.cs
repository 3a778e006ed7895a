using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using ExecutionGrains.Hosting.Endpoints;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Fuzz;

/// <summary>
/// Reads the input as the body of <c>/v1/executions/{id}/events</c>, and as an array and as lines of <c>/v1/events</c>. Then applies what was read
/// to an execution, as the silo does.
/// </summary>
public static class EventTarget
{
    private const int AppliedMax = 100;

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    /// <returns>How many events the rules applied.</returns>
    public static int Run(byte[] input) => Report(Request(input)) + Report(Batch(input, BatchEndpoints.Entries)) + Report(Batch(input, BatchEndpoints.Lines));

    private static List<(ExecutionEvent Event, int? Epoch)> Request(byte[] input)
    {
        if (!Utf8.IsValid(input))
        {
            return [];
        }

        try
        {
            using var body = RequestBody.Parse(input);
            var report = EventEndpoints.Read(body.RootElement);
            return [.. report.Events.Select(e => (e, report.Epoch))];
        }
        catch (RequestException problem)
        {
            Check(problem);
            return [];
        }
    }

    private static List<(ExecutionEvent Event, int? Epoch)> Batch(byte[] input, Func<ReadOnlyMemory<byte>, List<BatchEntry>> read)
    {
        try
        {
            return [.. read(input).Where(IsAnswered).Select(item => (item.Event, item.Epoch))];
        }
        catch (RequestException problem)
        {
            Check(problem);
            return [];
        }
    }

    private static bool IsAnswered(BatchEntry item)
    {
        FuzzTarget.Require(item.Fault is not null || item.ExecutionId is not null, "An entry without a fault names no execution.");
        return item.Fault is null;
    }

    private static void Check(RequestException problem) =>
        FuzzTarget.Require(ProblemCode.Status(problem.Code) is >= 400 and < 500, $"The problem {problem.Code} is not the caller's.");

    private static int Report(List<(ExecutionEvent Event, int? Epoch)> events)
    {
        var (applied, id) = (0, new ExecutionId("fuzz"));
        ExecutionState? state = null;
        var taken = new Dictionary<(int Epoch, string Id), StoredEvent>();
        var steps = new Dictionary<(int Epoch, string Id), StepRow>();
        foreach (var (read, named) in events.Take(AppliedMax))
        {
            var @event = FieldValidation.Normalize(read);
            var (hash, epoch) = (Hash(@event), named ?? 1);
            var prior = new StoredRows(
                @event.EventId is { } eventId ? taken.GetValueOrDefault((epoch, eventId)) : null,
                StepId(@event) is { } stepId ? steps.GetValueOrDefault((epoch, stepId)) : null,
                []);
            var decision = ExecutionRules.Decide(id, state, prior, new Command.ApplyEvent(@event, epoch, hash, "fuzz", "default"), Now, new RuleSettings());
            state = decision.State ?? state;
            applied += decision.Result == Result.Applied ? 1 : 0;
            foreach (var effect in decision.Effects)
            {
                Keep(effect, taken, steps);
            }
        }

        return applied;
    }

    /// <summary>What a store would hold after the effect.</summary>
    private static void Keep(Effect effect, Dictionary<(int Epoch, string Id), StoredEvent> taken, Dictionary<(int Epoch, string Id), StepRow> steps)
    {
        switch (effect)
        {
            case Effect.History { TakesEventId: true } row:
                taken.Add((row.Epoch, row.EventId!), new StoredEvent(row.Epoch, row.EventId!, row.Hash!, row.Result, row.Code, 1));
                break;
            case Effect.Step row:
                steps[(row.Row.Epoch, row.Row.StepId)] = row.Row;
                break;
            case Effect.CloseOpenSteps close:
                foreach (var (key, step) in steps.ToList())
                {
                    steps[key] = step.ClosedBy(close);
                }

                break;
        }
    }

    private static string? StepId(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.StepStarted e => e.StepId,
        ExecutionEvent.StepCompleted e => e.StepId,
        _ => null,
    };

    /// <summary>Of the canonical form, which has to be JSON in UTF-8 whatever the event holds: history keeps it.</summary>
    private static byte[]? Hash(ExecutionEvent @event)
    {
        if (@event is ExecutionEvent.Heartbeat or ExecutionEvent.Unreadable)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        CanonicalForm.Write(@event, buffer, payloads: false);
        using (JsonDocument.Parse(buffer.WrittenMemory))
        {
            buffer.Clear();
        }

        CanonicalForm.Write(@event, buffer, payloads: true);
        FuzzTarget.Require(Utf8.IsValid(buffer.WrittenSpan), "The canonical form is not UTF-8.");
        return SHA256.HashData(buffer.WrittenSpan)[..16];
    }
}

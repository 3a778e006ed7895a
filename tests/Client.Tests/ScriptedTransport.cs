using System.Threading.Channels;

namespace ExecutionGrains.Client.Tests;

/// <summary>A scripted tracker: keeps every request and gives the script's next answer, otherwise <c>applied</c>.</summary>
internal sealed class ScriptedTransport : ITransport
{
    private readonly Channel<EventReport> _arrived = Channel.CreateUnbounded<EventReport>();
    private readonly Queue<Func<EventReport, Task<ReportReply>>> _script = [];
    private int _inFlight;

    public List<EventReport> Reports { get; } = [];

    public List<CreateExecution> Created { get; } = [];

    public List<string?> Tokens { get; } = [];

    public int InFlightMax { get; private set; }

    public Func<CreateExecution, ExecutionGrant>? OnCreate { get; set; }

    public Func<CreateExecution, Task<ExecutionGrant>>? OnCreateAsync { get; set; }

    /// <summary>Answers reports that the script does not answer; null: <c>applied</c>.</summary>
    public Func<EventReport, Task<ReportReply>>? OnReport { get; set; }

    public ExecutionGrant Claimed { get; set; } = Granted() with { Status = ExecutionStatus.Claimed, Epoch = 2 };

    public ExecutionEvent.ExecutionCompleted End => Events.OfType<ExecutionEvent.ExecutionCompleted>().Last();

    public string EndError => System.Text.Encoding.UTF8.GetString(End.Error ?? []);

    public IEnumerable<string> Lines => Events.OfType<ExecutionEvent.Log>().Select(log => log.Message);

    /// <summary>Everything that was sent, in order, with repetitions.</summary>
    public IEnumerable<ExecutionEvent> Events => Reports.ToArray().SelectMany(report => report.Events);

    public void Next(Func<EventReport, ReportReply> answer) => _script.Enqueue(report => Task.FromResult(answer(report)));

    public void NextAsync(Func<EventReport, Task<ReportReply>> answer) => _script.Enqueue(answer);

    /// <summary>The next report, when it arrives.</summary>
    public async Task<EventReport> ReportAsync() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public Task<ExecutionGrant> CreateAsync(ExecutionId execution, CreateExecution create, CancellationToken cancellationToken)
    {
        Created.Add(create);
        return OnCreateAsync?.Invoke(create) ?? Task.FromResult(OnCreate?.Invoke(create) ?? Granted());
    }

    public Task<ExecutionGrant> ClaimAsync(ExecutionId execution, Worker worker, CancellationToken cancellationToken) =>
        Task.FromResult(Claimed);

    public async Task<ReportReply> ReportAsync(ExecutionId execution, EventReport report, string? token, CancellationToken cancellationToken)
    {
        InFlightMax = Math.Max(InFlightMax, Interlocked.Increment(ref _inFlight));
        try
        {
            Reports.Add(report);
            Tokens.Add(token);
            _arrived.Writer.TryWrite(report);
            var answer = _script.TryDequeue(out var next) ? next(report) : OnReport?.Invoke(report) ?? Task.FromResult(Applied(report));
            return await answer.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    public static ExecutionGrant Granted() => new() { Result = Result.Applied, Status = ExecutionStatus.Running, Epoch = 1, Token = "token-1" };

    public static ReportReply Applied(EventReport report) => Answered(report, _ => new(Result.Applied, null));

    public static ReportReply Answered(
        EventReport report,
        Func<ExecutionEvent, (Result Result, Code? Code)> answer,
        Control? control = null,
        ExecutionStatus status = ExecutionStatus.Running) =>
        new(new ReportAnswer
        {
            Status = status,
            Epoch = report.Epoch ?? 1,
            Control = control ?? new(false, null, false),
            Results = [.. report.Events.Select(sent => new EventAnswer(sent.EventId, answer(sent).Result, answer(sent).Code, null))],
        });
}

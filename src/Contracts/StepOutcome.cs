using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>The outcome that the worker reports at the end of a step.</summary>
[JsonConverter(typeof(WordConverter<StepOutcome>))]
public enum StepOutcome
{
    Success,
    Fail,
    Crash,
    Cancel,
    Kill,
    Exception,
    Skip,
    Compensate,
}

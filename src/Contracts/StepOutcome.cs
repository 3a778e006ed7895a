using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>What the worker says at the end of a step.</summary>
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

using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>The outcome that the worker reports at the end of an execution.</summary>
[JsonConverter(typeof(WordConverter<Outcome>))]
public enum Outcome
{
    Success,
    Fail,
    Crash,
    Cancel,
    Kill,
    Exception,
}

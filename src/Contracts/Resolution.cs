using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// What an operator says became of a lost execution. <c>recovered</c>: its work was done after all. <c>failed</c>: its work was not done. <c>ignored</c>: it
/// does not matter.
/// </summary>
[JsonConverter(typeof(WordConverter<Resolution>))]
public enum Resolution
{
    Recovered,
    Failed,
    Ignored,
}

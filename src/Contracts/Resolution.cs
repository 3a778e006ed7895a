using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// An operator's resolution of a lost execution. <c>recovered</c>: its work was done after all. <c>failed</c>: its work was not done. <c>ignored</c>: its
/// result does not matter.
/// </summary>
[JsonConverter(typeof(WordConverter<Resolution>))]
public enum Resolution
{
    Recovered,
    Failed,
    Ignored,
}

using System.Buffers;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>A state and its text, made where there is time: a writer that makes it keeps all others waiting.</summary>
internal sealed record ReadyState(ExecutionState State, byte[] Json)
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? tools;

    /// <summary>What was made ready for this append, where that is still its state.</summary>
    public static byte[]? For(Append append) => append.Ready is { } ready && ReferenceEquals(ready.State, append.State) ? ready.Json : null;

    public static ReadyState Of(ExecutionState state)
    {
        if (tools is not { } own)
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            tools = own = (buffer, new(buffer, StateJson.Writing));
        }

        own.Buffer.ResetWrittenCount();
        own.Json.Reset();
        StateText.Write(own.Json, state);
        own.Json.Flush();
        return new(state, own.Buffer.WrittenSpan.ToArray());
    }
}

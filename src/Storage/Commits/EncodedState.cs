using System.Buffers;
using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Commits;

/// <summary>A state and its JSON. Encoded on the caller's thread, because encoding on the writer's thread delays all other appends.</summary>
internal sealed record EncodedState(ExecutionState State, byte[] Json)
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? tools;

    /// <summary>The encoded state of an append. Null if nothing was encoded, or if the append's state was replaced since.</summary>
    public static byte[]? For(Append append) => append.Ready is { } ready && ReferenceEquals(ready.State, append.State) ? ready.Json : null;

    public static EncodedState Of(ExecutionState state)
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

using System.Text.Json.Serialization.Metadata;

namespace ExecutionGrains.Silo.Http;

/// <summary>A JSON answer.</summary>
public static class Reply
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = 200) => TypedResults.Json(value, type, statusCode: status);
}

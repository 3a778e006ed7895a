using System.Net;
using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Client.Tests;

/// <summary>Replaces the server of the HTTP transport: gives prepared answers in turn and keeps the requests.</summary>
internal sealed class AnsweringHandler(params (HttpStatusCode Status, string Body)[] answers) : HttpMessageHandler
{
    public List<(string Path, string? Credential, JsonElement Body)> Requests { get; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public string MediaType { get; init; } = "application/problem+json";

    public DateTimeOffset? Date { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        var (status, answer) = answers[Math.Min(Requests.Count, answers.Length - 1)];
        Requests.Add((request.RequestUri!.AbsolutePath, request.Headers.Authorization?.Parameter, JsonElement.Parse(body)));
        var response = new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, MediaType) };
        response.Headers.Date = Date;
        response.Headers.RetryAfter = RetryAfter is { } wait ? new(wait) : null;
        return response;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Generated;
using Generated.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

/// <summary>Drives an execution with the client that Kiota generates, and prints the same as life.ts.</summary>
public static class KiotaLife
{
    public static async Task<string> RunAsync(HttpClient http, string url, string key, string id)
    {
        var client = Client(http, url, key);
        var created = (await client.V1.Executions.PostAsync(new CreateBody
        {
            ExecutionId = id,
            Workflow = id,
            Labels = new CreateBody_labels { AdditionalData = new Dictionary<string, object> { ["region"] = "eu" } },
            Start = new StartBody { WorkerId = "w1", Incarnation = "i1" },
        }))!;
        var events = Client(http, url, created.Token!).V1.Executions[id].Events;

        var batch = await Report(
            new Event
            {
                EventStepStarted = new EventStepStarted { Type = EventStepStarted_type.StepStarted, EventId = "e1", StepId = "s1", Block = "extract" },
            },
            new Event { EventStepCompleted = StepEnd("e2", StepOutcome.Success, 0.5) },
            new Event { EventStepCompleted = StepEnd("e3", StepOutcome.Fail, null) });
        var beat = await Report(new Event
        {
            EventHeartbeat = new EventHeartbeat { Type = EventHeartbeat_type.Heartbeat, Progress = new ProgressBody { Percent = 50 } },
        });
        var end = await Report(new Event
        {
            EventExecutionCompleted = new EventExecutionCompleted
            {
                Type = EventExecutionCompleted_type.ExecutionCompleted,
                EventId = "e4",
                Outcome = Outcome.Success,
                Output = new UntypedObject(new Dictionary<string, UntypedNode> { ["rows"] = new UntypedInteger(12) }),
            },
        });
        var detail = (await client.V1.Executions[id].GetAsync())!;

        foreach (var n in Enumerable.Range(1, 4))
        {
            await client.V1.Executions.PostAsync(new CreateBody { ExecutionId = $"{id}-{n}", Workflow = id });
        }

        List<int> pages = [];
        string? cursor = null;
        do
        {
            var page = (await client.V1.Executions.GetAsync(request =>
            {
                request.QueryParameters.Workflow = [id];
                request.QueryParameters.Limit = 2;
                request.QueryParameters.Cursor = cursor;
            }))!;
            pages.Add(page.Items!.Count);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        try
        {
            await client.V1.Executions[id].Claim.PostAsync(new ClaimBody { WorkerId = "w2" });
            return "The claim of an ended execution was not refused.";
        }
        catch (ProblemView problem)
        {
            return JsonSerializer.Serialize(new
            {
                created = Word(created.Status),
                results = batch.Results!.Select(r => Word(r.Result)),
                code = Word(batch.Results![2].Code),
                beat = Word(beat.Results![0].Result),
                ended = Word(end.Status),
                detail = new
                {
                    status = Word(detail.Status),
                    block = detail.LastCompletedBlock,
                    progress = detail.Progress!.Percent,
                    region = detail.Labels!.AdditionalData["region"].ToString(),
                },
                pages,
                problem = new { status = problem.Status, code = Word(problem.Code), executionStatus = Word(problem.ExecutionStatus) },
            });
        }

        async Task<ReportView> Report(params Event[] reported) =>
            (await events.PostAsync(new EventsBody { Epoch = created.Epoch, Events = [.. reported] }))!;
    }

    private static EventStepCompleted StepEnd(string eventId, StepOutcome outcome, double? cost) =>
        new() { Type = EventStepCompleted_type.StepCompleted, EventId = eventId, StepId = "s1", Outcome = outcome, Cost = cost };

    /// <summary>The wire value of an enum member; Kiota keeps the underscores.</summary>
    private static string? Word<T>(T? value) where T : struct, Enum => value?.ToString().ToLowerInvariant();

    private static SiloClient Client(HttpClient http, string url, string credential) =>
        new(new HttpClientRequestAdapter(new Bearer(credential), httpClient: http) { BaseUrl = url });

    private sealed class Bearer(string credential) : IAuthenticationProvider
    {
        public Task AuthenticateRequestAsync(
            RequestInformation request, Dictionary<string, object>? additionalAuthenticationContext = null, CancellationToken cancellationToken = default)
        {
            request.Headers.Add("Authorization", $"Bearer {credential}");
            return Task.CompletedTask;
        }
    }
}

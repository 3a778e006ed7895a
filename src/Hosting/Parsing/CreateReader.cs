using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>Reads the request bodies of create and claim. Errors are collected in the <see cref="JsonFields"/>.</summary>
public static class CreateReader
{
    /// <param name="id">The field <c>executionId</c>; null: missing or not valid.</param>
    public static CreateExecution Read(JsonFields fields, out string? id)
    {
        id = fields.Id("executionId");
        var start = fields.Object("start");
        var create = new CreateExecution
        {
            Facts = FactsReader.Read(fields, workflowRequired: true),
            Start = start is null ? null : Worker(start),
            StartAt = start?.Time("at"),
        };
        if (start is not null)
        {
            fields.Add(start.Faults);
        }

        fields.Add(FieldValidation.Validate(create.Facts, create.Start, create.StartAt));
        return create;
    }

    public static Worker WorkerOf(JsonFields fields)
    {
        var worker = Worker(fields);
        fields.Add(FieldValidation.Validate(worker));
        return worker;
    }

    private static Worker Worker(JsonFields fields) => new(fields.String("workerId", required: true)!, fields.String("incarnation"));
}

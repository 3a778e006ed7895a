namespace ExecutionGrains.Silo.Parsing;

/// <summary>Reads the body of a create.</summary>
public static class CreateReading
{
    /// <param name="id">The id the body gives; null where it gives none.</param>
    public static CreateExecution Read(Fields fields, out string? id)
    {
        id = fields.Id("executionId");
        var start = fields.Object("start");
        var create = new CreateExecution
        {
            Facts = FactsReading.Read(fields, workflowRequired: true),
            Start = start is null ? null : WorkerOf(start),
            StartAt = start?.Time("at"),
        };
        if (start is not null)
        {
            fields.Add(start);
        }

        return create;
    }

    public static Worker WorkerOf(Fields fields) =>
        new(fields.Name("workerId", required: true) ?? "", fields.Name("incarnation"));
}

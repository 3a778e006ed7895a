namespace ExecutionGrains.GrainInterfaces.Tests;

/// <summary>Differences, and how a silo of the previous version would read them.</summary>
/// <param name="Breaks">Messages that the previous version, or this one, misreads.</param>
/// <param name="Additions">Additions that the previous version ignores.</param>
internal sealed record WireChanges(IReadOnlyList<string> Breaks, IReadOnlyList<string> Additions)
{
    private const string Removed = "removed";

    public static WireChanges Between(Wire pinned, Wire code)
    {
        var (breaks, additions) = (new List<string>(), new List<string>());
        foreach (var (name, (based, lines)) in pinned.Sections)
        {
            if (!code.Sections.TryGetValue(name, out var now))
            {
                breaks.Add($"{name} is gone, or has another alias: a silo of before goes on sending it, and this one does not know what it is.");
                continue;
            }

            if (based != now.Base)
            {
                breaks.Add($"{name} was {Based(based)}, is {Based(now.Base)}: a silo of before looks for the members of what it was.");
            }

            foreach (var (id, was) in lines)
            {
                breaks.AddRange(Break(name, id, was, now.Lines.GetValueOrDefault(id)));
            }

            additions.AddRange(now.Lines.Where(l => !lines.ContainsKey(l.Key)).Select(l => $"{name}: {l.Key} {l.Value}"));
        }

        additions.AddRange(code.Sections.Keys.Except(pinned.Sections.Keys));
        return new(breaks, additions);
    }

    private static IEnumerable<string> Break(string name, string id, string was, string? now)
    {
        if (was == now || (was.StartsWith(Removed, StringComparison.Ordinal) && now is null))
        {
            yield break;
        }

        yield return (name.Split(' ')[0], now) switch
        {
            (_, { } again) when was.StartsWith(Removed, StringComparison.Ordinal) =>
                $"{name}: {id} was in use before and is {again}: a silo of before takes it for what it was then. Take one that was never used.",
            ("interface", null) => $"{name}: {id} is gone: a silo of before goes on calling it.",
            ("interface", { } changed) =>
                $"{name}: {id} was {was}, is {changed}: a silo of before sends and awaits what it was. Give the new one an alias of its own.",
            ("enum", null) => $"{name}: {id} ({was}) is gone: a silo of before goes on sending the number.",
            ("enum", { } changed) => $"{name}: {id} was {was}, is {changed}: a silo of before takes the one for the other. Only add numbers.",
            (_, null) => $"{name}: {id} ({was}) is gone: a silo of before finds nothing there and goes on with the default. "
                + $"Keep it; once no silo of before runs, write `{id} {Removed}` in wire.txt.",
            (_, { } changed) when Type(was) != Type(changed) =>
                $"{name}: {id} was {was}, is {changed}: a silo of before reads the bytes of {Type(changed)} as {Type(was)}. Give the new one an id of its own.",
            (_, { } changed) =>
                $"{name}: {id} was {was}, is {changed}: a silo of before takes the one for the other. "
                + "If it only has another name, rename it in wire.txt; else give it an id of its own.",
        };
    }

    private static string Type(string line) => line.Split(' ')[0];

    private static string Based(string based) => based.Length > 0 ? $"derived from {based}" : "derived from nothing";
}

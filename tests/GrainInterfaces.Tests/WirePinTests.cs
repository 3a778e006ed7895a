using ExecutionGrains.Testing;

namespace ExecutionGrains.GrainInterfaces.Tests;

/// <summary>Silos of two versions run side by side during a rolling upgrade. <c>wire.txt</c> pins their messages, and the code may only add to it.</summary>
public sealed class WirePinTests
{
    [Fact]
    public void The_wire_is_unchanged_and_the_file_contains_every_addition()
    {
        var path = Repository.File("tests/GrainInterfaces.Tests/wire.txt");
        var code = Wire.OfCode();
        var pinned = Wire.Parse(File.ReadAllText(path));
        var changes = WireChanges.Between(pinned, code);
        Assert.True(changes.Breaks.Count == 0, string.Join('\n', changes.Breaks));
        if (Environment.GetEnvironmentVariable("WIRE") == "write")
        {
            Keep(pinned, code);
            File.WriteAllText(path, code.ToString());
            return;
        }

        Assert.True(
            changes.Additions.Count == 0,
            string.Join('\n', [.. changes.Additions, "is not in wire.txt. Is it meant to stay? WIRE=write dotnet test --project tests/GrainInterfaces.Tests"]));
    }

    [Fact]
    public void The_file_round_trips()
    {
        var text = Wire.OfCode().ToString();
        Assert.Equal(text, Wire.Parse(text).ToString());
    }

    [Theory]
    [InlineData("  1 string Incarnation (parameter)", "  2 string Incarnation (parameter)", "type eg.worker: 1 (string Incarnation (parameter)) is gone")]
    [InlineData("  1 string Incarnation (parameter)", "  1 int Incarnation (parameter)", "reads the bytes of int as string")]
    [InlineData("  1 string Incarnation (parameter)", "  1 string Name (parameter)", "takes the one for the other")]
    [InlineData("  1 string Incarnation (parameter)", "  1 string Incarnation", "takes the one for the other")]
    [InlineData("  1 string Incarnation (parameter)", "", "finds nothing there")]
    [InlineData("type eg.worker\n", "type eg.who\n", "type eg.worker is gone, or has another alias")]
    [InlineData("struct eg.execution-id", "type eg.execution-id", "struct eg.execution-id is gone")]
    [InlineData("type eg.event.execution-paused : eg.event", "type eg.event.execution-paused", "was derived from eg.event, is derived from nothing")]
    [InlineData("  Judge ()", "  Judge (string by)", "Judge was () gives bool, is (string by) gives bool")]
    [InlineData("  Judge () gives bool", "  Judge () gives int", "sends and awaits what it was")]
    [InlineData("  Judge () gives bool", "", "goes on calling it")]
    [InlineData("  0 Success\n", "  0 Other\n", "Only add numbers")]
    [InlineData("  0 Success\n", "", "goes on sending the number")]
    public void A_change_that_the_previous_version_would_misread_is_a_break(string was, string becomes, string says)
    {
        var before = Wire.OfCode().ToString();
        Assert.Contains(was, before);
        var at = before.IndexOf(was, StringComparison.Ordinal);
        var changes = WireChanges.Between(Wire.Parse(before), Wire.Parse(before[..at] + becomes + before[(at + was.Length)..]));
        Assert.Contains(says, Assert.Single(changes.Breaks));
    }

    [Theory]
    [InlineData("  2 string More\n", "type eg.worker: 2 string More")]
    [InlineData("\ntype eg.more\n  0 int Count\n", "type eg.more")]
    public void A_member_that_the_previous_version_ignores_is_an_addition(string more, string says)
    {
        var before = Wire.OfCode().ToString();
        const string Last = "  1 string Incarnation (parameter)\n";
        var changes = WireChanges.Between(Wire.Parse(before), Wire.Parse(before.Replace(Last, Last + more, StringComparison.Ordinal)));
        Assert.Empty(changes.Breaks);
        Assert.Equal(says, Assert.Single(changes.Additions));
    }

    [Fact]
    public void An_id_that_was_removed_stays_taken()
    {
        var code = Wire.OfCode().ToString();
        const string Line = "  1 string Incarnation (parameter)\n";
        var pinned = Wire.Parse(code.Replace(Line, "  1 removed\n", StringComparison.Ordinal));
        Assert.Contains("was in use before", Assert.Single(WireChanges.Between(pinned, Wire.Parse(code)).Breaks));
        Assert.Empty(WireChanges.Between(pinned, Wire.Parse(code.Replace(Line, "", StringComparison.Ordinal))).Breaks);
    }

    /// <summary>Information about removed members is only in the file.</summary>
    private static void Keep(Wire pinned, Wire code)
    {
        foreach (var (name, section) in pinned.Sections)
        {
            foreach (var (id, what) in section.Lines)
            {
                code.Sections[name].Lines.TryAdd(id, what);
            }
        }
    }
}

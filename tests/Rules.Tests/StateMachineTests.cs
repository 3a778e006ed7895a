using System.Text.RegularExpressions;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Rules.Tests;

public sealed partial class StateMachineTests
{
    [Fact]
    public void The_diagram_in_the_docs_shows_exactly_the_transitions_of_the_switch()
    {
        var drawn = Edge().Matches(File.ReadAllText(Repository.File("docs/state-machine.md")))
            .Select(m => $"{m.Groups[1].Value} --> {m.Groups[2].Value}: {m.Groups[3].Value}")
            .Order(StringComparer.Ordinal);
        var listed =
            (from status in Enum.GetValues<ExecutionStatus>()
             from move in Enum.GetValues<Move>()
             let next = StateMachine.Next(status, move)
             where next is not null
             select $"{status.Word()} --> {next.Value.Word()}: {move.Word()}").Order(StringComparer.Ordinal);

        Assert.Equal(listed, drawn);
    }

    [Fact]
    public void Only_a_requeue_leads_out_of_a_final_status()
    {
        foreach (var status in Enum.GetValues<ExecutionStatus>().Where(s => s >= ExecutionStatus.Succeeded))
        {
            Assert.All(Enum.GetValues<Move>(), move => Assert.Equal(move == Move.Requeue, StateMachine.Next(status, move) is not null));
        }
    }

    [GeneratedRegex(@"^\s+(\w+) --> (\w+): (\w+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Edge();
}

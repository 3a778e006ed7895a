using System.Reflection;

namespace ExecutionGrains.Embedded.Tests;

public sealed class SurfaceTests
{
    /// <summary>Types whose real assembly is not on the feed (NU1101 at 10.4.2), by that assembly.</summary>
    private static readonly Dictionary<string, string> Unreachable = new()
    {
        ["Orleans.GenerateSerializerAttribute"] = "Orleans.Serialization.Abstractions",
        ["Orleans.IdAttribute"] = "Orleans.Serialization.Abstractions",
        ["Orleans.AliasAttribute"] = "Orleans.Serialization.Abstractions",
        ["Orleans.ImmutableAttribute"] = "Orleans.Serialization.Abstractions",
        ["Orleans.IRemindable"] = "Orleans.Reminders",
        ["Orleans.GrainReminderExtensions"] = "Orleans.Reminders",
        ["Orleans.Runtime.IGrainReminder"] = "Orleans.Reminders",
        ["Orleans.Runtime.ReminderException"] = "Orleans.Reminders",
        ["Orleans.Runtime.TickStatus"] = "Orleans.Reminders",
        ["Orleans.Runtime.IPersistentState`1"] = "Orleans.Runtime",
        ["Orleans.Runtime.PersistentStateAttribute"] = "Orleans.Runtime",
        ["Orleans.Storage.InconsistentStateException"] = "Orleans.Core",
    };

    private readonly PublicSurface _embedded = PublicSurface.Read(typeof(Grain).Assembly.Location);
    private readonly PublicSurface _real = PublicSurface.Read(
        typeof(SurfaceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "OrleansDll").Value!);

    [Fact]
    public void Every_type_under_Orleanss_names_exists_in_Orleans_or_is_listed_as_unreachable() =>
        Assert.Equal(Unreachable.Keys.Order(), _embedded.Types.Keys.Where(name => !_real.Types.ContainsKey(name)).Order());

    [Fact]
    public void Every_member_under_Orleanss_names_exists_in_Orleans_with_the_same_signature()
    {
        var inventions = _embedded.Types.Where(type => _real.Types.ContainsKey(type.Key))
            .SelectMany(type => type.Value.Except(_real.Types[type.Key]).Select(member => $"{type.Key}: {member}"));
        Assert.Equal([], inventions);
    }
}

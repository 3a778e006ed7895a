namespace ExecutionGrains.Grains;

/// <summary>How the janitor sweeps.</summary>
public sealed record JanitorSettings
{
    /// <summary>Names of the settings in the store.</summary>
    public const string PausedSetting = "janitor.paused";

    /// <summary>The hold's setting: <see cref="NotHeld"/>, <see cref="Held"/> by a mass loss, or <see cref="Released"/> by an operator until no mass loss impends any more.</summary>
    public const string HoldSetting = "janitor.hold";

    public const string NotHeld = "0";
    public const string Held = "1";
    public const string Released = "released";

    /// <summary>Between sweeps of a bucket. Default 1 min, from 1 s.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The share of live executions that may be lost in one sweep, 0 to 1; 0 is off. Default 0.</summary>
    public double MassLossHold { get; init; }

    /// <summary>Executions judged at once. Default 256.</summary>
    public int Concurrency { get; init; } = 256;
}

namespace ExecutionGrains.Grains;

/// <summary>Settings of the janitor, and the names of its settings in the store.</summary>
public sealed record JanitorSettings
{
    /// <summary>Store setting: "1" while an operator has paused the janitor.</summary>
    public const string PausedSetting = "janitor.paused";

    /// <summary>
    /// Store setting of the mass-loss hold: <see cref="NotHeld"/>, <see cref="Held"/> because a mass loss is impending, or <see cref="Released"/> by an
    /// operator. A release lasts until no mass loss is impending.
    /// </summary>
    public const string HoldSetting = "janitor.hold";

    public const string NotHeld = "0";
    public const string Held = "1";
    public const string Released = "released";

    /// <summary>Time between sweeps of one bucket. Default 1 min; minimum 1 s.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Maximum share of the live executions that one sweep may mark lost, 0 to 1. Default 0, which disables the check.</summary>
    public double MassLossHold { get; init; }

    /// <summary>Number of due executions that are read as one page and judged concurrently. Default 256.</summary>
    public int Concurrency { get; init; } = 256;
}

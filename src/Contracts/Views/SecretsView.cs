namespace ExecutionGrains.Views;

/// <summary>A rotation of the secrets that sign run tokens and sessions.</summary>
/// <param name="SignsFrom">From when the new secrets are used to sign.</param>
/// <param name="PreviousTokensUntil">Until when run tokens signed by the previous secrets are accepted.</param>
/// <param name="PreviousSessionsUntil">Until when sessions signed by the previous secrets are accepted.</param>
public sealed record SecretsView(DateTimeOffset SignsFrom, DateTimeOffset PreviousTokensUntil, DateTimeOffset PreviousSessionsUntil);

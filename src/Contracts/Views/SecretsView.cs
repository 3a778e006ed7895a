namespace ExecutionGrains.Views;

/// <summary>A rotation of the secrets that sign run tokens and sessions.</summary>
/// <param name="SignsFrom">When the new secrets begin to sign.</param>
/// <param name="PreviousTokensUntil">Until when run tokens that the previous secrets signed are accepted.</param>
/// <param name="PreviousSessionsUntil">Until when sessions that the previous secrets signed are accepted.</param>
public sealed record SecretsView(DateTimeOffset SignsFrom, DateTimeOffset PreviousTokensUntil, DateTimeOffset PreviousSessionsUntil);

namespace ExecutionGrains.Views;

/// <summary>A rotation of the secrets that sign.</summary>
/// <param name="SignsFrom">When the new ones begin to sign.</param>
/// <param name="PreviousTokensUntil">Until when run tokens that the ones of before signed are accepted.</param>
/// <param name="PreviousSessionsUntil">Until when sessions that the ones of before signed are accepted.</param>
public sealed record SecretsView(DateTimeOffset SignsFrom, DateTimeOffset PreviousTokensUntil, DateTimeOffset PreviousSessionsUntil);

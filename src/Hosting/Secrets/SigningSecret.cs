namespace ExecutionGrains.Hosting.Secrets;

/// <summary>One secret of a <see cref="SigningKeyRing"/>.</summary>
/// <param name="SignsFrom">The time from which it signs. It lies after the creation, so that every silo knows the secret before.</param>
/// <param name="EndsAt">The time from which it no longer verifies. Null if the secret has not been replaced.</param>
/// <param name="LifeMax">The longest lifetime of a token or session that it has signed.</param>
public sealed record SigningSecret(byte[] Value, DateTimeOffset SignsFrom, DateTimeOffset? EndsAt, TimeSpan LifeMax);

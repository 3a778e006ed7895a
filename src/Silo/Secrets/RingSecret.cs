namespace ExecutionGrains.Silo.Secrets;

/// <summary>One secret of a <see cref="SecretRing"/>.</summary>
/// <param name="SignsFrom">When it begins to sign: once every silo knows it.</param>
/// <param name="EndsAt">When it stops to verify; null: it has not been replaced.</param>
/// <param name="LifeMax">The longest life of what it has signed.</param>
public sealed record RingSecret(byte[] Value, DateTimeOffset SignsFrom, DateTimeOffset? EndsAt, TimeSpan LifeMax);

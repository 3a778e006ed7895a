namespace ExecutionGrains.Hosting.Settings;

/// <summary>What a start does if the store has no usable API key and no bootstrap key is configured.</summary>
public enum FirstKey
{
    /// <summary>Nothing. The API then refuses all calls that need a key.</summary>
    None,

    /// <summary>Creates an admin key in the file <c>admin.key</c> of the data folder. Only safe if the API listens on loopback.</summary>
    Create,

    /// <summary>Throws a <see cref="NoKeyException"/>.</summary>
    Require,
}

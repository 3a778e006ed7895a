namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>The names of the authentication schemes.</summary>
public static class SchemeNames
{
    /// <summary>Forwards to one of the other schemes; <see cref="SchemeSelector"/> selects it by the request's credential.</summary>
    public const string Any = "Any";
    public const string ApiKey = "ApiKey";
    public const string RunToken = "RunToken";
    public const string Session = "Session";
    public const string Jwt = "Jwt";
    public const string OpenIdConnect = "OpenIdConnect";
    public const string Certificate = "Certificate";
}

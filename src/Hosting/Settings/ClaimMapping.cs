namespace ExecutionGrains.Hosting.Settings;

/// <summary>Maps the claims of an identity provider to a role and namespaces.</summary>
/// <param name="RoleClaim">Name of the claim with roles. Default <c>role</c>.</param>
/// <param name="NamespacesClaim">Name of the claim with namespaces; the value <c>*</c> means all. Default <c>namespaces</c>.</param>
/// <param name="Values">For each role, the values of the role claim that grant it. Default: the role's own name.</param>
public sealed record ClaimMapping(string RoleClaim, string NamespacesClaim, IReadOnlyDictionary<Role, IReadOnlyList<string>> Values);

namespace ExecutionGrains.Silo.Auth;

/// <summary>Which claims of an identity provider give role and namespaces.</summary>
/// <param name="RoleClaim">The claim whose values name roles. Default <c>role</c>.</param>
/// <param name="NamespacesClaim">The claim whose values are namespaces, <c>*</c> all of them. Default <c>namespaces</c>.</param>
/// <param name="Values">For each role the values of the claim that give it. Default: the role's own word.</param>
public sealed record ClaimMapping(string RoleClaim, string NamespacesClaim, IReadOnlyDictionary<Role, IReadOnlyList<string>> Values);

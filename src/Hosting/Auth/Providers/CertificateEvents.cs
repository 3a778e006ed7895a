using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.Hosting.Auth.Schemes;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authentication.Certificate;

namespace ExecutionGrains.Hosting.Auth.Providers;

/// <summary>Handlers for client certificates: map the common name of a verified certificate to a caller, and record why others are refused.</summary>
internal static class CertificateEvents
{
    public static CertificateAuthenticationEvents Events(CertificateSettings settings) => new()
    {
        OnCertificateValidated = context =>
        {
            var name = context.ClientCertificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            if (settings.Callers.TryGetValue(name, out var caller))
            {
                var credential = ExternalCaller.Of("cert", name, caller.Role, caller.Namespaces);
                credential.SetOn(context.HttpContext);
                context.Principal = credential.Principal(SchemeNames.Certificate);
                context.Success();
            }
            else
            {
                var refusal = new RequestException(ProblemCode.Forbidden, "No caller is configured for the certificate's common name.");
                AccessRefusal.Note(context.HttpContext, refusal, isFailedSignIn: false);
                context.Fail(refusal);
            }

            return Task.CompletedTask;
        },
        OnAuthenticationFailed = context =>
        {
            var refusal = new RequestException(
                ProblemCode.Unauthorized, "The client certificate was not issued by the configured authority, or it is not valid now.");
            AccessRefusal.Note(context.HttpContext, refusal, isFailedSignIn: true);
            context.Fail(refusal);
            return Task.CompletedTask;
        },
    };
}

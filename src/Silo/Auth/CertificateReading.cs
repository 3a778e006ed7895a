using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.Silo.Http;
using Microsoft.AspNetCore.Authentication.Certificate;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Reads callers from verified client certificates, and says why others are refused.</summary>
internal static class CertificateReading
{
    public static CertificateAuthenticationEvents Events(CertificateSettings settings) => new()
    {
        OnCertificateValidated = context =>
        {
            var name = context.ClientCertificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            if (settings.Callers.TryGetValue(name, out var caller))
            {
                var credential = ExternalCaller.Of("cert", name, caller.Role, caller.Namespaces);
                context.HttpContext.Features.Set(credential);
                context.Principal = credential.Principal(SchemeNames.Certificate);
                context.Success();
            }
            else
            {
                var refusal = new RequestProblem(ProblemCode.Forbidden, "The certificate's common name is nobody's here.");
                AccessRefusal.Note(context.HttpContext, refusal, isFailedSignIn: false);
                context.Fail(refusal);
            }

            return Task.CompletedTask;
        },
        OnAuthenticationFailed = context =>
        {
            var refusal = new RequestProblem(ProblemCode.Unauthorized, "The client certificate is not one of the configured authority, or not valid now.");
            AccessRefusal.Note(context.HttpContext, refusal, isFailedSignIn: true);
            context.Fail(refusal);
            return Task.CompletedTask;
        },
    };
}

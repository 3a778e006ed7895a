using ExecutionGrains.Samples.OwnSilo;

await using var app = OwnSiloApp.Build(args, new() { DashboardPath = "/tracker" });
await app.RunAsync();

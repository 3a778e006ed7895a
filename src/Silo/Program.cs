using ExecutionGrains.Silo;

return await SiloProgram.RunAsync(args).ConfigureAwait(false);

using ExecutionGrains.Silo.Hosting;

return await SiloProgram.RunAsync(args).ConfigureAwait(false);

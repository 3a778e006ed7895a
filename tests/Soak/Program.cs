using ExecutionGrains.Simulation;
var n = int.Parse(args[0]);
long tasks = 0; var sim = TimeSpan.Zero; long answers = 0;
var sw = System.Diagnostics.Stopwatch.StartNew();
for (var i = int.Parse(args[1]); n-- > 0; i++)
{
    var r = SimulationRun.Of(i, args.Length > 2);
    tasks += r.TaskCount; sim += r.Simulated; answers += r.AnswerCount;
    if (args.Length > 2) foreach (var l in r.Lines) Console.WriteLine(l);
    if (r.Failure is not null) Console.WriteLine($"seed {i}: {r.Failure}");
}
Console.WriteLine(sw.Elapsed);

Console.WriteLine($"{tasks} tasks {sim} {answers} answers {GC.GetTotalAllocatedBytes() / 1000000} MB; cpu {Environment.CpuUsage.TotalTime}");

using ExecutionGrains.Fuzz;
using SharpFuzz;

// The program that ./fuzz runs under AFL++: it reads inputs from AFL++ and hands each to one target.
if (args is not [var name] || !FuzzTarget.All.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"usage: Fuzz {string.Join('|', FuzzTarget.All.Keys)}, under afl-fuzz; see ./fuzz");
    return 2;
}

Fuzzer.Run(stream =>
{
    using var input = new MemoryStream();
    stream.CopyTo(input);
    run(input.ToArray());
});
return 0;

using Xunit;

// The tests measure what processes do in real time; side by side they would take each other's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

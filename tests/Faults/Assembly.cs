using Xunit;

// The tests measure what processes do in real time, and each has processes, a store and ports of its own. Those that wait more than they work do so three at a time; the others are Alone.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

using Xunit;

// The tests measure what processes do in real time, and each has processes, a store and ports of its own. They wait more than they work: three at a time leave each the time that it asserts.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

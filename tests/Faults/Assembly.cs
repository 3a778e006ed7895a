using Xunit;

// The tests measure what processes do in real time; side by side they would take each other's cores. (Three at a time, without those of KillFaults, took 6 min instead of 7 on two cores
// that others used too, and a request was sent again that should not have been.) Those that mostly wait do so one after the other beside them: collection «Waiting».
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]

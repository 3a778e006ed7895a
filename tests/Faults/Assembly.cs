using Xunit;

// The tests measure processes in real time, so tests that run side by side would take each other's CPU. (Three at a time, without those of KillFaults, took 6
// min instead of 7 on two cores that were also used otherwise, and a request was repeated that should not have been.) Tests that mostly wait run one after the
// other beside them: collection «Waiting».
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]

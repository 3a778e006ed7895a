using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A grain's own record. It is read before OnActivateAsync; without a row, the state is a new one.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

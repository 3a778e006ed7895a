namespace Orleans.Core;

public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}

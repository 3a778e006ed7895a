namespace ExecutionGrains.Embedded.Tests;

public interface ISlowStarter : IGrainWithStringKey
{
    Task<int> Count();
}

namespace ExecutionGrains.Embedded;

internal interface IGrainStateRecord
{
    Task ReadStateAsync();
}

namespace ExecutionGrains.Embedded.Tests;

public interface IBadLeaver : IGrainWithStringKey
{
    /// <summary>Asks to go, and then goes badly: OnDeactivateAsync throws (<c>throws</c>), never ends (<c>hangs</c>), or the disposal throws (<c>disposal</c>).</summary>
    Task Leave(string badly);
}

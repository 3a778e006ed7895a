using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <content>The turn of a deletion: decide, remove, forget.</content>
public sealed partial class ExecutionActor
{
    /// <param name="calls">The one deletion.</param>
    private async Task<bool> TakeDeletionAsync(List<PendingCall> calls)
    {
        var call = calls[0];
        for (var round = 0; round < RoundsMax; round++)
        {
            await LoadAsync();
            var draft = Draft(calls, found: null, reduce: null);
            if (call.Refused is not null || call.Verdicts[0].Result != Result.Applied)
            {
                if (await IsOutdatedAsync())
                {
                    _loaded = false;
                    continue;
                }

                Complete(calls);
                return true;
            }

            if (await RemoveAsync(draft.State!, (Command.Delete)call.Commands[0]))
            {
                (_state, _loaded, _refusedAt) = (null, false, null);
                _open.Clear();
                services.Metrics.Count(calls, []);
                Complete(calls);
                return true;
            }

            // Another silo wrote in between.
            _loaded = false;
        }

        Refuse(calls, Code.Overloaded);
        return false;
    }

    /// <returns>False where the store holds another revision.</returns>
    private async Task<bool> RemoveAsync(ExecutionState state, Command.Delete delete)
    {
        var now = services.Clock.Now;
        var by = delete.Caller ?? new AuditCaller(delete.By, null, null, null, null, null);
        var audit = AuditRow.Of(by, now, "delete", id.Value, state.Namespace, null);
        var deletion = new Deletion(state, services.Hasher.Hash(id), now + services.TombstoneLife, audit);
        try
        {
            return await store.DeleteAsync(deletion, CancellationToken.None);
        }
        catch (StoreException)
        {
            // It may have been done, and its answer lost: there was a row, and whoever asks again must not hear that there never was one.
            _loaded = false;
            if (await store.LoadAsync(id, CancellationToken.None) is null)
            {
                return true;
            }

            throw;
        }
    }

    /// <summary>The id is not given again: whoever would make the execution anew hears so, and whoever reports on it that there is none.</summary>
    private void RefuseForgotten(List<PendingCall> calls)
    {
        foreach (var call in calls)
        {
            call.Refuse(null, call.Commands is [Command.Create] ? Code.IdTaken : Code.UnknownExecution);
        }
    }
}

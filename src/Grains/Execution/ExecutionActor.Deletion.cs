using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains;

/// <content>The turn that deletes the execution: decide, delete the rows, clear the memory.</content>
public sealed partial class ExecutionActor
{
    /// <param name="calls">Exactly one call, which is the deletion.</param>
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

            // Another silo wrote meanwhile. Load again.
            _loaded = false;
        }

        Refuse(calls, Code.Overloaded);
        return false;
    }

    /// <returns>False if the stored revision is not the state's.</returns>
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
            // The delete may have succeeded although its answer was lost. The row existed before, so if it is gone now, answer success.
            // Otherwise the caller's retry would be answered that the execution never existed.
            _loaded = false;
            if (await store.LoadAsync(id, CancellationToken.None) is null)
            {
                return true;
            }

            throw;
        }
    }

    /// <summary>The id belongs to a deleted execution and cannot be reused: a create is answered "id taken", any other call "unknown execution".</summary>
    private void RefuseForgotten(List<PendingCall> calls)
    {
        foreach (var call in calls)
        {
            call.Refuse(null, call.Commands is [Command.Create] ? Code.IdTaken : Code.UnknownExecution);
        }
    }
}

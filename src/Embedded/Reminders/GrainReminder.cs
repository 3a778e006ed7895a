using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

internal sealed record GrainReminder(string Grain, string ReminderName) : IGrainReminder;

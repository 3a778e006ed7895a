namespace Orleans.Concurrency;

/// <summary>On a method of a grain interface: its calls start although another call is awaiting.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;

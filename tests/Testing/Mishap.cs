namespace ExecutionGrains.Testing;

/// <summary>How a store call fails.</summary>
public enum Mishap
{
    /// <summary>The call does not reach the store.</summary>
    FailsBefore,

    /// <summary>The store executes the call, and its answer is lost.</summary>
    AnswerLost,

    /// <summary>No answer until the outer caller has given up; then the call fails without being executed.</summary>
    HangsAndFails,

    /// <summary>No answer until the outer caller has given up; then the call is executed and answered.</summary>
    HangsAndSucceeds,

    /// <summary>Executed at once, but answered only after other calls have done a lot.</summary>
    AnswersLate,

    /// <summary>Another write appears to come first; no effect on calls that cannot conflict.</summary>
    Conflicts,

    /// <summary>The store refuses each append of the commit for its content; no effect on other calls.</summary>
    Refuses,
}

namespace ExecutionGrains.Testing;

/// <summary>How a call of the store goes wrong.</summary>
public enum Mishap
{
    /// <summary>It never reaches the store.</summary>
    FailsBefore,

    /// <summary>The store does it, and its answer gets lost.</summary>
    AnswerLost,

    /// <summary>Nobody hears of it until the caller of the caller has given up; then it fails, and was not done.</summary>
    HangsAndFails,

    /// <summary>Nobody hears of it until the caller of the caller has given up; then it is done and answered.</summary>
    HangsAndSucceeds,

    /// <summary>It is done at once, and answered only when somebody else has done much.</summary>
    AnswersLate,

    /// <summary>Somebody else seems to have written first; of calls that cannot find a conflict: nothing.</summary>
    Conflicts,

    /// <summary>The store refuses each append of the commit for its content; of other calls: nothing.</summary>
    Refuses,
}

using ExecutionGrains.Testing;

[assembly: AssemblyFixture(typeof(PostgresRun))]

namespace ExecutionGrains.Scenarios;

// Every scenario runs on every store.
public sealed class OrderAndRepetitionOnSqlite() : OrderAndRepetition(StoreKind.Sqlite);

public sealed class OrderAndRepetitionOnPostgres() : OrderAndRepetition(StoreKind.Postgres);

public sealed class BadInputOnSqlite() : BadInput(StoreKind.Sqlite);

public sealed class BadInputOnPostgres() : BadInput(StoreKind.Postgres);

public sealed class ClaimAndLostOnSqlite() : ClaimAndLost(StoreKind.Sqlite);

public sealed class ClaimAndLostOnPostgres() : ClaimAndLost(StoreKind.Postgres);

public sealed class TimeAndMarkersOnSqlite() : TimeAndMarkers(StoreKind.Sqlite);

public sealed class TimeAndMarkersOnPostgres() : TimeAndMarkers(StoreKind.Postgres);

public sealed class EndCancelPauseOnSqlite() : EndCancelPause(StoreKind.Sqlite);

public sealed class EndCancelPauseOnPostgres() : EndCancelPause(StoreKind.Postgres);

public sealed class OperatingOnSqlite() : Operating(StoreKind.Sqlite);

public sealed class OperatingOnPostgres() : Operating(StoreKind.Postgres);

public sealed class BackupAndRestoreOnSqlite() : BackupAndRestore(StoreKind.Sqlite);

public sealed class BackupAndRestoreOnPostgres() : BackupAndRestore(StoreKind.Postgres);

[Collection(nameof(Alone))]
public sealed class ObserversOnSqlite() : Observers(StoreKind.Sqlite);

[Collection(nameof(Alone))]
public sealed class ObserversOnPostgres() : Observers(StoreKind.Postgres);

[Collection(nameof(Alone))]
public sealed class ForgottenOnSqlite() : Forgotten(StoreKind.Sqlite);

[Collection(nameof(Alone))]
public sealed class ForgottenOnPostgres() : Forgotten(StoreKind.Postgres);

public sealed class CallSitesOfSilosOnSqlite() : CallSitesOnOrleans(StoreKind.Sqlite);

public sealed class CallSitesOfSilosOnPostgres() : CallSitesOnOrleans(StoreKind.Postgres);

public sealed class CallSitesOfActorsOnSqlite() : CallSitesOnActors(StoreKind.Sqlite);

public sealed class CallSitesOfActorsOnPostgres() : CallSitesOnActors(StoreKind.Postgres);

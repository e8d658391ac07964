package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.DatabaseMigrated;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.run.RunEvent.DatabasesPlanned;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.DatabaseVerdict.State;
import dev.rehearsal.verdict.Verdict.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DatabasesJudgeTest {
    private static final SourceLocation DATABASES = new SourceLocation("scenario.yaml", 9, 12);
    private static final String ADD = "alter table orders add x int";

    @Test
    void databasesThatAreAllWellAreJudgedEachAndPassTogether() {
        Verdict verdict = Judge.judge(planned(
                        fast(),
                        migrated(1, RunEvent.Status.SUCCEEDED),
                        migrated(2, RunEvent.Status.SUCCEEDED),
                        schema(1, "aaaaaaaaaa"),
                        schema(2, "aaaaaaaaaa"))
                .build(Map.of(2, fast().build())));

        assertThat(verdict.status()).isEqualTo(Status.PASSED);
        assertThat(verdict.findings())
                .extracting(Finding::subject)
                .containsExactly(
                        "response p99 of read-order during the migration, database 1",
                        "response p99 of read-order during the migration, database 2",
                        "one schema on all databases");
        assertThat(verdict.findings().getLast())
                .isEqualTo(new Finding(
                        "databases",
                        Status.PASSED,
                        "one schema on all databases",
                        OptionalDouble.of(1),
                        OptionalDouble.of(1),
                        "schemas",
                        "one",
                        "",
                        "All 2 databases have the same schema after the migration, fingerprint aaaaaaaa.",
                        DATABASES));
        assertThat(verdict.databases()).extracting(DatabaseVerdict::state).containsOnly(State.MIGRATED);
        assertThat(verdict.story().sentences().getLast())
                .isEqualTo("Of 2 databases: migrated databases 1, 2. Judged each by itself: databases 1, 2 passed.");
    }

    @Test
    void oneThatIsSlowFailsTheRunAndIsWhatItsStoryTells() {
        Verdict verdict = Judge.judge(planned(
                        fast(),
                        migrated(1, RunEvent.Status.SUCCEEDED),
                        migrated(2, RunEvent.Status.SUCCEEDED),
                        schema(1, "aaaaaaaaaa"),
                        schema(2, "aaaaaaaaaa"))
                .build(Map.of(2, slow().build())));

        assertThat(verdict.status()).isEqualTo(Status.FAILED);
        assertThat(verdict.databases())
                .extracting(DatabaseVerdict::status)
                .containsExactly(Status.PASSED, Status.FAILED);
        assertThat(verdict.toldOfAnother().map(DatabaseVerdict::number)).contains(2);
        assertThat(verdict.story().headline()).startsWith(ADD + " on database 2 took ");
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.status() == Status.FAILED)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).startsWith("On database 2: "));
    }

    @Test
    void oneThatFailsLeavesLaterOnesAsTheyWereAndTheDriftIsTold() {
        Verdict verdict = Judge.judge(planned(
                        fast(),
                        migrated(1, RunEvent.Status.SUCCEEDED),
                        migrated(2, RunEvent.Status.FAILED),
                        migrated(3, RunEvent.Status.SKIPPED),
                        schema(1, "aaaaaaaaaa"),
                        schema(2, "bbbbbbbbbb", "orders.x (integer) is only on database 1"),
                        schema(3, "bbbbbbbbbb", "orders.x (integer) is only on database 1"))
                .build(Map.of(2, broken().build(), 3, untouched().build())));

        assertThat(verdict.status()).isEqualTo(Status.FAILED);
        assertThat(verdict.databases())
                .extracting(DatabaseVerdict::state)
                .containsExactly(State.MIGRATED, State.FAILED, State.LEFT_OUT);
        assertThat(verdict.databases().getLast().judged()).isEmpty();
        String drift =
                "The databases have drifted apart. Schema fingerprints: aaaaaaaa on database 1; bbbbbbbb on databases"
                        + " 2, 3. Databases 2, 3 beside database 1: orders.x (integer) is only on database 1. With drills: [ drift ] it"
                        + " is tried what brings them together again.";
        assertThat(verdict.findings().getLast())
                .isEqualTo(new Finding(
                        "databases",
                        Status.FAILED,
                        "one schema on all databases",
                        OptionalDouble.of(2),
                        OptionalDouble.of(1),
                        "schemas",
                        "2 differ",
                        "",
                        drift,
                        DATABASES));
        assertThat(verdict.story().sentences())
                .contains(
                        "On database 2: Step change of the migration failed: `" + ADD
                                + "`: duplicate (SQLState 23505).",
                        "Of 3 databases: migrated database 1; failed database 2; left out database 3. Judged each by itself:"
                                + " database 1 passed; database 2 failed.",
                        drift);
    }

    @Test
    void oneWhoseInstrumentsWereNotGoodEnoughMakesTheRunInconclusive() {
        Verdict verdict = Judge.judge(planned(
                        fast(),
                        migrated(1, RunEvent.Status.SUCCEEDED),
                        migrated(2, RunEvent.Status.SUCCEEDED),
                        schema(1, "aaaaaaaaaa"),
                        schema(2, "aaaaaaaaaa"))
                .build(Map.of(2, fast().lost(3).build())));

        assertThat(verdict.status()).isEqualTo(Status.INCONCLUSIVE);
        assertThat(verdict.validity().reasons()).singleElement().asString().startsWith("Database 2: ");
        assertThat(verdict.databases())
                .extracting(DatabaseVerdict::status)
                .containsExactly(Status.PASSED, Status.INCONCLUSIVE);
    }

    @Test
    void aRunThatEndedBeforeAllWereMigratedIsInconclusive() {
        Verdict verdict = Judge.judge(
                planned(fast(), migrated(1, RunEvent.Status.SUCCEEDED)).build(Map.of()));

        assertThat(verdict.status()).isEqualTo(Status.INCONCLUSIVE);
        assertThat(verdict.validity().reasons()).containsExactly("Database 2: the run ended before it began there.");
        assertThat(verdict.databases())
                .extracting(DatabaseVerdict::state)
                .containsExactly(State.MIGRATED, State.NOT_REACHED);
    }

    /** As many databases as the last event speaks of, at least two. */
    private static RunBuilder planned(RunBuilder first, RunEvent.OfDatabase... seen) {
        int count = List.of(seen).stream()
                .mapToInt(RunEvent.OfDatabase::database)
                .max()
                .orElse(0);
        first.event(new DatabasesPlanned(1, Math.max(2, count), 1, "stop", DATABASES));
        for (RunEvent.OfDatabase one : seen) {
            first.event(one);
        }
        return first;
    }

    private static DatabaseMigrated migrated(int database, RunEvent.Status status) {
        return new DatabaseMigrated(
                nanos(40_000 + 1_000 * database),
                database,
                database,
                Phase.MIGRATION,
                status,
                nanos(40_000),
                Optional.empty());
    }

    private static DatabaseSchema schema(int database, String sha256, String... differences) {
        return new DatabaseSchema(nanos(75_000), database, sha256, 1, List.of(differences));
    }

    private static RunBuilder fast() {
        return traffic(5).migrated(RunBuilder.statement(ADD, 41_000, 5));
    }

    private static RunBuilder slow() {
        return traffic(400).migrated(RunBuilder.statement(ADD, 41_000, 5));
    }

    private static RunBuilder broken() {
        return traffic(5)
                .migrated(RunBuilder.statement(ADD, 41_000, 5).failed(RunEvent.Status.FAILED, "23505", "duplicate"));
    }

    private static RunBuilder untouched() {
        return traffic(5);
    }

    private static RunBuilder traffic(double duringMillis) {
        return new RunBuilder()
                .objective(RunBuilder.latency(99, Optional.of(Duration.ofMillis(100)), Optional.empty()))
                .requests(Stage.BASELINE, RunBuilder.READ, 600, 5)
                .requests(Stage.MIGRATION, RunBuilder.READ, 600, duringMillis);
    }
}

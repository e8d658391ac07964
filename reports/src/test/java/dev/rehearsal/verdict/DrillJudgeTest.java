package dev.rehearsal.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillEnded;
import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.DrillStarted;
import dev.rehearsal.run.RunEvent.DrillsPlanned;
import dev.rehearsal.run.RunEvent.Sight;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DrillJudgeTest {
    private static final SourceLocation STEPS = new SourceLocation("scenario.yaml", 30, 7);
    private static final SourceLocation STATEMENT = new SourceLocation("scenario.yaml", 31, 9);

    @Test
    void aDrillThatHeldIsOneFindingThatPassed() {
        RunBuilder run = drilled(true, seen("migration", Sight.HELD, "All is well."));

        Verdict verdict = run.judged();

        assertThat(verdict.findings())
                .containsExactly(new Finding(
                        "drill",
                        Status.PASSED,
                        "drill rerun",
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        "drills",
                        "held",
                        "",
                        "All is well.",
                        STEPS));
        assertThat(verdict.status()).isEqualTo(Status.PASSED);
        assertThat(verdict.drills())
                .singleElement()
                .extracting(DrillResult::summary)
                .isEqualTo("All is well.");
    }

    @Test
    void everythingThatIsBrokenIsAFindingOfItsOwnAtItsOwnPlace() {
        RunBuilder run = drilled(
                true,
                seen("migration", Sight.HELD, "The migration is well."),
                seen("step add", Sight.BROKEN, "Step add fails."),
                seen("indexes", Sight.BROKEN, "An index is invalid."));
        run.objective(new Objective.Rerun(RunBuilder.PLACE_IN_FILE));

        Verdict verdict = run.judged();

        assertThat(verdict.findings()).extracting(Finding::status).containsOnly(Status.FAILED);
        assertThat(verdict.findings()).extracting(Finding::objective).containsOnly("rerun");
        assertThat(verdict.findings())
                .extracting(Finding::subject)
                .containsExactly("drill rerun: step add", "drill rerun: indexes");
        assertThat(verdict.findings()).extracting(Finding::source).containsOnly(STATEMENT);
        assertThat(verdict.status()).isEqualTo(Status.FAILED);
        assertThat(verdict.story().sentences()).containsExactly("Step add fails.", "An index is invalid.");
    }

    @Test
    void whatCouldNotBeTriedIsInconclusive() {
        assertThat(drilled(true, seen("migration", Sight.UNKNOWN, "It fails."))
                        .judged()
                        .status())
                .isEqualTo(Status.INCONCLUSIVE);
        assertThat(drilled(true, seen("migration", Sight.NOTED, "By the way."))
                        .judged()
                        .status())
                .isEqualTo(Status.INCONCLUSIVE);
        assertThat(drilled(false, seen("migration", Sight.HELD, "So far."))
                        .judged()
                        .status())
                .isEqualTo(Status.INCONCLUSIVE);
    }

    @Test
    void aDrillThatNeverBeganIsInconclusive() {
        RunBuilder run = new RunBuilder();
        run.event(new DrillsPlanned(1, List.of("rerun"), false, STEPS));

        Verdict verdict = run.judged();

        assertThat(verdict.findings())
                .singleElement()
                .extracting(Finding::message)
                .isEqualTo("The run ended before the drill rerun did.");
        assertThat(verdict.status()).isEqualTo(Status.INCONCLUSIVE);
    }

    /** What a drill saw rests on none of the instruments that a valid run needs. */
    @Test
    void aBrokenDrillOfAnInvalidRunStaysBrokenAndIsToldFirst() {
        RunBuilder run = drilled(true, seen("step add", Sight.BROKEN, "Step add fails."))
                .event(new dev.rehearsal.run.RunEvent.InstrumentTrouble(
                        RunBuilder.nanos(50_000), "lock tracer", "Lost."));

        Verdict verdict = run.judged();

        assertThat(verdict.findings())
                .singleElement()
                .extracting(Finding::status)
                .isEqualTo(Status.FAILED);
        assertThat(verdict.status()).isEqualTo(Status.INCONCLUSIVE);
        assertThat(verdict.story().sentences())
                .containsExactly(
                        "Step add fails.",
                        "Nothing that was measured is judged:",
                        "The lock tracer had trouble: Lost.");
    }

    @Test
    void aDrillThatNobodyAskedForTellsAndDecidesNothing() {
        RunBuilder run = new RunBuilder().objective(new Objective.MigrationTime(STEPS, Duration.ofMinutes(1)));
        run.migrated(RunBuilder.statement("alter table orders add x int", 41_000, 3));
        run.event(new DrillsPlanned(1, List.of("rerun"), true, STEPS));
        run.event(new DrillStarted(RunBuilder.nanos(95_600), "rerun"));
        run.event(seen("step add", Sight.BROKEN, "Step add fails."));
        run.event(new DrillEnded(RunBuilder.nanos(95_900), "rerun"));

        Verdict verdict = run.judged();

        assertThat(verdict.status()).isEqualTo(Status.PASSED);
        assertThat(verdict.findings()).extracting(Finding::objective).containsExactly("migrationTime");
        assertThat(verdict.drills())
                .singleElement()
                .satisfies(drill -> assertThat(drill.status()).isEqualTo(Status.FAILED))
                .extracting(DrillResult::summary)
                .isEqualTo(
                        "Step add fails. The scenario lists no drills, so that this decides nothing; drills: [ rerun ]"
                                + " lets it.");
    }

    /** A drill comes after the load: an operation is not out while nobody asks for it. */
    @Test
    void theTimelineEndsWhereTheFirstDrillBegins() {
        assertThat(drilled(true).build().timelineEndNanos()).isEqualTo(RunBuilder.nanos(95_600));
    }

    private static RunBuilder drilled(boolean complete, DrillObserved... seen) {
        RunBuilder run = new RunBuilder();
        run.event(new DrillsPlanned(1, List.of("rerun"), false, STEPS));
        run.event(new DrillStarted(RunBuilder.nanos(95_600), "rerun"));
        for (DrillObserved one : seen) {
            run.event(one);
        }
        if (complete) {
            run.event(new DrillEnded(RunBuilder.nanos(95_900), "rerun"));
        }
        return run;
    }

    private static DrillObserved seen(String subject, Sight sight, String message) {
        return new DrillObserved(RunBuilder.nanos(95_700), "rerun", subject, sight, message, Optional.of(STATEMENT));
    }
}

package dev.rehearsal.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillEnded;
import dev.rehearsal.run.RunEvent.DrillStarted;
import dev.rehearsal.run.RunEvent.DrillsPlanned;
import dev.rehearsal.run.RunEvent.OperationTried;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompatibilityJudgeTest {
    private static final SourceLocation STEPS = new SourceLocation("scenario.yaml", 30, 7);

    @Test
    void theOldApplicationHasToWorkEverywhereAndANewOneOnceMigrated() {
        Verdict verdict = run(
                        works(0, Phase.MIGRATION, "old", false),
                        fails(0, Phase.MIGRATION, "v2", false, "42703"),
                        works(1, Phase.MIGRATION, "old", false),
                        works(1, Phase.MIGRATION, "v2", false),
                        works(2, Phase.ROLLBACK, "old", false),
                        fails(2, Phase.ROLLBACK, "v2", false, "42703"))
                .judged();

        assertThat(verdict.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .isEqualTo(
                                "Of the old application every operation works before, between and after all steps."));
        assertThat(verdict.status()).isEqualTo(Status.PASSED);
    }

    @Test
    void everyOperationThatDoesNotWorkIsAFindingWithItsPlacesAndItsSqlState() {
        Verdict verdict = run(
                        works(0, Phase.MIGRATION, "old", false),
                        fails(1, Phase.MIGRATION, "old", true, "0A000"),
                        fails(2, Phase.ROLLBACK, "old", false, "42703"))
                .judged();

        assertThat(verdict.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .isEqualTo(
                                "The operation pay of checkout, old, does not work after step 1 over a session that lived"
                                        + " through it and after step 2 of the rollback: ERROR: no (SQLState 0A000)."));
        assertThat(verdict.status()).isEqualTo(Status.FAILED);
    }

    @Test
    void aNewApplicationThatDoesNotWorkOnceMigratedIsAFinding() {
        Verdict verdict = run(works(0, Phase.MIGRATION, "old", false), fails(1, Phase.MIGRATION, "v2", false, "42703"))
                .judged();

        assertThat(verdict.findings())
                .singleElement()
                .extracting(Finding::subject)
                .isEqualTo("drill compatibility: pay of checkout, v2");
    }

    @Test
    void theObjectiveSaysWhichVersionsHaveToWorkEverywhere() {
        RunBuilder run = run(
                fails(0, Phase.MIGRATION, "v2", false, "42703"),
                works(1, Phase.MIGRATION, "v2", false),
                works(0, Phase.MIGRATION, "old", false));
        run.objective(new Objective.Compatible(RunBuilder.PLACE_IN_FILE, List.of("v2")));

        Verdict verdict = run.judged();

        assertThat(verdict.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.FAILED);
            assertThat(finding.objective()).isEqualTo("compatible");
            assertThat(finding.source()).isEqualTo(RunBuilder.PLACE_IN_FILE);
        });
    }

    private static RunBuilder run(OperationTried... tried) {
        RunBuilder run = new RunBuilder();
        run.event(new DrillsPlanned(1, List.of("compatibility"), false, STEPS));
        run.event(new DrillStarted(RunBuilder.nanos(95_600), "compatibility"));
        for (OperationTried one : tried) {
            run.event(one);
        }
        run.event(new DrillEnded(RunBuilder.nanos(95_900), "compatibility"));
        return run;
    }

    private static OperationTried works(int boundary, Phase phase, String version, boolean kept) {
        return tried(boundary, phase, version, kept, Optional.empty());
    }

    private static OperationTried fails(int boundary, Phase phase, String version, boolean kept, String sqlState) {
        return tried(boundary, phase, version, kept, Optional.of(sqlState));
    }

    private static OperationTried tried(
            int boundary, Phase phase, String version, boolean kept, Optional<String> sqlState) {
        return new OperationTried(
                RunBuilder.nanos(95_700),
                "compatibility",
                boundary,
                phase,
                Optional.of("step " + boundary).filter(step -> boundary > 0),
                "checkout",
                version,
                "pay",
                kept,
                sqlState,
                sqlState.map(state -> "ERROR: no"));
    }
}

package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.DrillRun;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.DrillResult;
import dev.rehearsal.verdict.FaultEffect;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Outage;
import dev.rehearsal.verdict.Story;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadlineTest {
    private static final long FROM = 42 * SyntheticRun.SECOND;

    @TempDir
    private Path directory;

    @Test
    void saysHowLongUsersWouldWait() throws IOException {
        RunRecord run = RunOnDisk.of(SyntheticRun.stalled(), directory);

        assertThat(new Headline(run, Judge.judge(run)).sentence())
                .isEqualTo("Do not run this under traffic: users would wait up to 7.93 s.");
    }

    /** The statements made users wait too, which is not what this run failed by. */
    @Test
    void doesNotAdviseAgainstAMigrationForWhatTheScenariosOwnFaultDid() throws IOException {
        RunRecord run = RunOnDisk.of(SyntheticRun.stalled(), directory);
        FaultEffect effect = new FaultEffect(
                0,
                List.of(new Outage(
                        "shop",
                        "read-order",
                        FROM,
                        OptionalLong.of(FROM),
                        OptionalLong.empty(),
                        FROM + 9 * SyntheticRun.SECOND)),
                new TreeMap<>(),
                0);

        assertThat(new Headline(run, of(Judge.judge(run), effect)).sentence())
                .isEqualTo(
                        "What users felt most was the scenario's own fault (blocker): up to 9.00 s without a success.");
    }

    /** The statements made users wait, but within every limit. */
    @Test
    void namesTheDrillsWhereNothingElseFailed() throws IOException {
        RunRecord run = RunOnDisk.of(SyntheticRun.stalled(), directory);
        Finding finding = new Finding(
                "drill",
                Verdict.Status.FAILED,
                "drill rerun",
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "",
                "failed",
                "",
                "Step add of the migration cannot be repeated.",
                SyntheticRun.PLACE);
        DrillResult rerun = new DrillResult(
                new DrillRun("rerun", false, SyntheticRun.PLACE, 0, 1, true, List.of(), List.of()),
                Verdict.Status.FAILED,
                true,
                List.of(finding),
                List.of(),
                finding.message());
        Verdict stalled = Judge.judge(run);

        Verdict verdict = new Verdict(
                Verdict.Status.FAILED,
                stalled.story(),
                List.of(finding),
                stalled.validity(),
                stalled.stages(),
                stalled.attribution(),
                List.of(),
                List.of(rerun),
                stalled.rollback(),
                Optional.empty(),
                List.of(),
                List.of());

        assertThat(new Headline(run, verdict).sentence())
                .isEqualTo("Users would bear this migration, but it does not pass: drill rerun.");
    }

    private static Verdict of(Verdict verdict, FaultEffect story) {
        return new Verdict(
                verdict.status(),
                new Story(Optional.empty(), List.of("The scenario's own fault."), Optional.empty(), Optional.of(story)),
                verdict.findings(),
                verdict.validity(),
                verdict.stages(),
                verdict.attribution(),
                List.of(story),
                verdict.drills(),
                verdict.rollback(),
                verdict.ledger(),
                verdict.deadlocks(),
                verdict.databases());
    }
}

package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideBySideTest {
    @TempDir
    private Path directory;

    /** The longest hold of a mode may be on one table as it is, and on another in phases. */
    @Test
    void putsWhatAnObjectiveFoundInOneRow() throws Exception {
        Finding rewrites = finding("rewrites", "no rewrites", "orders", "none");
        RunRecord run = RunOnDisk.of(SyntheticRun.stalled(), directory);

        String table = SideBySide.of(
                "as it is",
                run,
                of(
                        Judge.judge(run),
                        finding("lockHold", "Share held on orders", "3.00 s", "1.00 s"),
                        finding("lockHold", "AccessExclusive held on orders", "8.00 s", "1.00 s"),
                        rewrites),
                "in phases",
                run,
                of(
                        Judge.judge(run),
                        rewrites,
                        finding("lockHold", "AccessExclusive held on customers", "12 ms", "1.00 s"),
                        finding("drill", "drill rollback", "held", "")));

        assertThat(table)
                .containsPattern(" Share held on orders +failed 3\\.00 s +– +1\\.00 s\n")
                .containsPattern(
                        " AccessExclusive held on orders / customers +failed 8\\.00 s +failed 12 ms +1\\.00 s\n")
                .containsPattern(" no rewrites +failed orders +failed orders +none\n")
                .containsPattern(" drill rollback +– +failed held\n");
        assertThat(table.split("AccessExclusive", -1)).hasSize(2);
    }

    private static Finding finding(String objective, String subject, String observed, String limit) {
        return new Finding(
                objective,
                Verdict.Status.FAILED,
                subject,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "",
                observed,
                limit,
                "",
                SyntheticRun.PLACE);
    }

    private static Verdict of(Verdict verdict, Finding... findings) {
        return new Verdict(
                verdict.status(),
                verdict.story(),
                List.of(findings),
                verdict.validity(),
                verdict.stages(),
                verdict.attribution(),
                List.of(),
                List.of(),
                verdict.rollback(),
                Optional.empty(),
                List.of(),
                List.of());
    }
}

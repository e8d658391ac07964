package dev.rehearsal.verdict;

import dev.rehearsal.run.DrillRun;
import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import java.util.List;

/**
 * What a drill has shown.
 *
 * @param decides whether the verdict depends on it: the scenario lists it, or an objective asks for it
 * @param findings at least one: one for each thing that is not as it has to be or could not be tried, or one for all if there is none
 * @param seen all that the drill looked at, and what follows from the operations that it tried
 * @param summary of all of it, sentences
 */
public record DrillResult(
        DrillRun run,
        Verdict.Status status,
        boolean decides,
        List<Finding> findings,
        List<DrillObserved> seen,
        String summary) {
    public DrillResult {
        seen = List.copyOf(seen);
        findings = List.copyOf(findings);
    }

    /** The word that files and reports use. */
    public static String word(Sight sight) {
        return switch (sight) {
            case HELD -> "passed";
            case BROKEN -> "failed";
            case UNKNOWN -> "inconclusive";
            case NOTED -> "noted";
        };
    }
}

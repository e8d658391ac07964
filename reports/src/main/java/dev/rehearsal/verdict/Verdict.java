package dev.rehearsal.verdict;

import java.util.List;

/**
 * What a run means: the answer first, then everything it rests on.
 *
 * @param findings one an objective, in the scenario's order
 * @param stages statistics of every stage that began, in order
 * @param attribution what each statement did to the traffic
 */
public record Verdict(
        Status status,
        Story story,
        List<Finding> findings,
        Validity validity,
        List<StageStatistics> stages,
        Attribution attribution,
        RollbackResult rollback) {
    public Verdict {
        findings = List.copyOf(findings);
        stages = List.copyOf(stages);
    }

    /** Of a run and of a single finding. */
    public enum Status {
        PASSED,
        FAILED,
        /** Not known: the instruments, the number of requests or the run's length do not carry an answer. */
        INCONCLUSIVE;

        /** The word that files and reports use. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What each statement did to the traffic, in the order of the statements. */
    public List<StatementImpact> impacts() {
        return attribution.impacts();
    }

    public long count(Status wanted) {
        return findings.stream().filter(f -> f.status() == wanted).count();
    }
}

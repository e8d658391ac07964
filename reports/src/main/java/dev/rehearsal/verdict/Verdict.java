package dev.rehearsal.verdict;

import java.util.List;

/**
 * What a run means: the answer first, then everything it rests on.
 *
 * @param findings one an objective, in the scenario's order
 * @param stages statistics of every stage that began, in order
 * @param impacts what each statement did to the traffic, in the order of the statements
 */
public record Verdict(
        Status status,
        Story story,
        List<Finding> findings,
        Validity validity,
        List<StageStatistics> stages,
        List<StatementImpact> impacts,
        RollbackResult rollback) {
    public Verdict {
        findings = List.copyOf(findings);
        stages = List.copyOf(stages);
        impacts = List.copyOf(impacts);
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

    public long count(Status wanted) {
        return findings.stream().filter(f -> f.status() == wanted).count();
    }
}

package dev.rehearsal.verdict;

import java.util.List;
import java.util.Optional;

/**
 * What a run means: the answer first, then everything it rests on.
 *
 * @param findings one an objective, in the scenario's order
 * @param stages statistics of every stage that began, in order
 * @param attribution what each statement did to the traffic
 * @param faults what was felt of faults that took the server away, in order
 * @param drills in order; the findings of those that decide are the last of {@code findings}
 * @param ledger empty if no operation leaves entries in it
 * @param deadlocks that the server resolved, with their victims; each is a sentence of the story too
 * @param databases where there are several, all of them, in order: stages, attribution, rollback and ledger are the first's, findings are of all; empty
 *     where there is one
 */
public record Verdict(
        Status status,
        Story story,
        List<Finding> findings,
        Validity validity,
        List<StageStatistics> stages,
        Attribution attribution,
        List<FaultEffect> faults,
        List<DrillResult> drills,
        RollbackResult rollback,
        Optional<LedgerAccount> ledger,
        List<Deadlock> deadlocks,
        List<DatabaseVerdict> databases) {
    public Verdict {
        databases = List.copyOf(databases);
        findings = List.copyOf(findings);
        stages = List.copyOf(stages);
        faults = List.copyOf(faults);
        drills = List.copyOf(drills);
        deadlocks = List.copyOf(deadlocks);
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

    /** What was felt of a fault; empty if it did not take the server away. */
    public Optional<FaultEffect> effect(int fault) {
        return faults.stream().filter(effect -> effect.fault() == fault).findFirst();
    }

    /** Of several databases the one that the story is of, if that is not the first. */
    public Optional<DatabaseVerdict> toldOfAnother() {
        return DatabaseVerdict.mostTelling(databases).filter(database -> database.number() > 1);
    }

    public long count(Status wanted) {
        return findings.stream().filter(f -> f.status() == wanted).count();
    }
}

package dev.rehearsal.verdict;

import dev.rehearsal.run.DatabaseRun;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges a run: a pure function of what was recorded.
 *
 * <p>Each objective is judged by itself, and a fault that was to happen and did not is inconclusive. One that failed fails the run; else one that is
 * inconclusive makes the run inconclusive; else it passed. If the run is not valid (see {@link ValidityJudge} for the rules), it is inconclusive, and
 * nothing that was measured in it is judged: every such finding keeps what was observed and becomes inconclusive. What rests on no instrument stays as it
 * is and is told first: what a drill saw, an acknowledged write that was looked for and is not there, and what a session said that a pooler had shared out. That nothing is lost is another matter, because
 * it needs a run that came to its end. A drill that the scenario lists nowhere, and that no objective asks for, decides nothing. Of several databases each
 * is judged by itself, and the run is the worst of them.
 */
public final class Judge {
    private Judge() {}

    /** Never throws for what a run did; reads the requests a few times. */
    public static Verdict judge(RunRecord run) {
        List<DrillResult> drills = new DrillJudge(run).results();
        Verdict whole = judge(run, drills);
        return run.databases().isEmpty() ? whole : together(run, whole, drills);
    }

    /** One database by itself. */
    private static Verdict judge(RunRecord run, List<DrillResult> drills) {
        Evidence evidence = Evidence.of(run);
        LatencyJudge latencies = new LatencyJudge(evidence);
        RollbackJudge rollback = new RollbackJudge(evidence);
        LedgerJudge ledger = new LedgerJudge(evidence);
        List<Finding> findings = findings(evidence, latencies, rollback, ledger);
        Validity validity = new ValidityJudge(evidence, latencies.smallestLimitNanos()).judge();
        List<Finding> judged = new ArrayList<>(
                validity.valid()
                        ? findings
                        : findings.stream()
                                .map(finding -> proven(finding) ? finding : finding.inconclusive())
                                .toList());
        judged.addAll(decided(drills));
        Status status = status(judged, validity);
        List<FaultEffect> felt = new FaultJudge(evidence).effects();
        List<Deadlock> deadlocks = new DeadlockFinder(evidence).find();
        return new Verdict(
                status,
                new Storyteller(evidence, rollback.result(), felt)
                        .tell(status, judged, validity)
                        .and(deadlocks.stream().map(Deadlock::sentence).toList()),
                judged,
                validity,
                evidence.stages(),
                evidence.attribution(),
                felt,
                drills,
                rollback.result(),
                ledger.account(),
                deadlocks,
                List.of());
    }

    /** What a drill saw rests on none of the instruments that a valid run needs. */
    private static List<Finding> decided(List<DrillResult> drills) {
        return drills.stream()
                .filter(DrillResult::decides)
                .flatMap(drill -> drill.findings().stream())
                .toList();
    }

    /**
     * Each database is judged by itself and the run by the worst of them. What is told in full, such as stages and statements, is the first's.
     *
     * @param whole of the first, with the drills
     */
    private static Verdict together(RunRecord run, Verdict whole, List<DrillResult> drills) {
        List<DatabaseVerdict> databases = run.databases().stream()
                .map(database -> new DatabaseVerdict(database, judged(run, database)))
                .toList();
        DatabasesJudge judge = new DatabasesJudge(run, databases);
        List<Finding> findings = new ArrayList<>(judge.findings());
        findings.addAll(decided(drills));
        Validity validity = judge.validity(whole.validity());
        return new Verdict(
                status(findings, validity),
                judge.story(whole.story()),
                findings,
                validity,
                whole.stages(),
                whole.attribution(),
                whole.faults(),
                drills,
                whole.rollback(),
                whole.ledger(),
                whole.deadlocks(),
                databases);
    }

    private static Optional<DatabaseVerdict.Judged> judged(RunRecord run, DatabaseRun database) {
        boolean leftOut = database.migration()
                .filter(passage -> passage.status() == RunEvent.Status.SKIPPED)
                .isPresent();
        Optional<RunRecord> observed = database.number() == 1 ? Optional.of(run) : database.run();
        return observed.filter(there -> !leftOut)
                .map(there -> new DatabaseVerdict.Judged(there, judge(there, List.of())));
    }

    private static List<Finding> findings(
            Evidence evidence, LatencyJudge latencies, RollbackJudge rollback, LedgerJudge ledger) {
        ErrorsJudge errors = new ErrorsJudge(evidence);
        OutageJudge outages = new OutageJudge(evidence);
        LockJudge locks = new LockJudge(evidence);
        MigrationJudge migration = new MigrationJudge(evidence);
        List<Finding> findings = new ArrayList<>();
        migration.failedStep().ifPresent(findings::add);
        boolean rollbackAsked = false;
        for (Objective objective : evidence.run().started().objectives()) {
            switch (objective) {
                case Objective.Latency o -> findings.addAll(latencies.judge(o));
                case Objective.Errors o -> findings.add(errors.judge(o));
                case Objective.Outage o -> findings.addAll(outages.judge(o));
                case Objective.LockHold o -> findings.add(locks.judge(o));
                case Objective.LockWait o -> findings.add(locks.judge(o));
                case Objective.MigrationTime o -> findings.add(migration.judge(o));
                case Objective.ReplicaLag o -> findings.add(new ReplicaLagJudge(evidence).judge(o));
                case Objective.Rewrites o -> findings.add(migration.judge(o));
                case Objective.LostWrites o -> findings.add(ledger.judge(o));
                case Objective.Rollback o -> {
                    rollback.judge(o).ifPresent(findings::add);
                    rollbackAsked = true;
                }
                // Their findings come last: see judge.
                case Objective.OfDrill o -> {}
            }
        }
        if (!rollbackAsked) {
            rollback.failedStep().ifPresent(findings::add);
        }
        findings.addAll(new FaultJudge(evidence).withoutEffect());
        findings.addAll(new PoolerJudge(evidence.run()).judge());
        return findings;
    }

    private static boolean proven(Finding finding) {
        return finding.status() == Status.FAILED
                && (finding.objective().equals(LedgerJudge.OBJECTIVE)
                        || finding.objective().equals(PoolerJudge.OBJECTIVE));
    }

    private static Status status(List<Finding> findings, Validity validity) {
        if (!validity.valid() || findings.isEmpty()) {
            return Status.INCONCLUSIVE;
        }
        if (findings.stream().anyMatch(f -> f.status() == Status.FAILED)) {
            return Status.FAILED;
        }
        return findings.stream().anyMatch(f -> f.status() == Status.INCONCLUSIVE) ? Status.INCONCLUSIVE : Status.PASSED;
    }
}

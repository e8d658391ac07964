package dev.rehearsal.verdict;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Puts a run into a few sentences: which statement did what to whom. */
final class Storyteller {
    private static final int OPERATIONS_NAMED = 5;
    private static final int MESSAGES_TOLD = 6;
    /** A wait of the migration shorter than this is not worth a word in a headline. */
    private static final long NOTABLE_WAIT_NANOS = 10_000_000;

    /** Objectives that a server taken away on purpose may fail as well as a statement may. */
    private static final Set<String> OF_WHAT_IS_FELT = Set.of("latency", "errors", "outage");

    private final Evidence evidence;
    private final RollbackResult rollback;
    private final List<FaultEffect> faults;

    /** @param faults that took the server away */
    Storyteller(Evidence evidence, RollbackResult rollback, List<FaultEffect> faults) {
        this.evidence = evidence;
        this.rollback = rollback;
        this.faults = faults;
    }

    Story tell(Status status, List<Finding> findings, Validity validity) {
        return switch (status) {
            case PASSED -> passed();
            case FAILED -> withLosses(findings, failed(findings));
            case INCONCLUSIVE -> proven(findings, inconclusive(findings, validity));
        };
    }

    /** A write that was acknowledged and is gone is worse than any wait. */
    private static Story withLosses(List<Finding> findings, Story story) {
        List<String> sentences = new ArrayList<>(findings.stream()
                .filter(f -> f.status() == Status.FAILED && f.objective().equals(LedgerJudge.OBJECTIVE))
                .map(Finding::message)
                .toList());
        if (sentences.isEmpty()) {
            return story;
        }
        String subject = story.subject().map(sql -> "`" + sql + "` ").orElse("");
        story.sentences().stream()
                .map(sentence -> subject + sentence)
                .filter(sentence -> !sentences.contains(sentence))
                .forEach(sentences::add);
        return new Story(Optional.empty(), sentences, story.saferWay());
    }

    /** What failed in a run that is not valid, then why no more is known. */
    private static Story proven(List<Finding> findings, Story unknown) {
        List<String> sentences = new ArrayList<>(messages(
                findings.stream().filter(f -> f.status() == Status.FAILED).toList()));
        if (sentences.isEmpty()) {
            return unknown;
        }
        sentences.add("Nothing that was measured is judged:");
        sentences.addAll(unknown.sentences());
        return new Story(Optional.empty(), sentences, Optional.empty());
    }

    private Story failed(List<Finding> findings) {
        Optional<StepRun> broken = brokenStep();
        if (broken.isPresent()) {
            List<String> sentences = new ArrayList<>(List.of(MigrationJudge.failure(broken.get())));
            worst().filter(Storyteller::isFelt)
                    .ifPresent(i -> sentences.add(
                            "`" + Wording.statement(i.statement().sql()) + "` " + deed(i) + "; " + felt(i) + "."));
            return new Story(Optional.empty(), sentences, Optional.empty());
        }
        List<Finding> failed =
                findings.stream().filter(f -> f.status() == Status.FAILED).toList();
        boolean nothingFelt = failed.stream()
                .allMatch(f -> f.objective().equals("rollback") || f.unit().equals(DrillJudge.UNIT));
        Optional<StatementImpact> worst = nothingFelt ? Optional.empty() : worst();
        if (worst.isEmpty()) {
            return new Story(Optional.empty(), messages(failed), Optional.empty());
        }
        StatementImpact impact = worst.get();
        Optional<FaultEffect> fault = worstFault()
                .filter(felt -> felt.longestNanos() > impact.maxResponseNanos())
                .filter(felt -> failed.stream().allMatch(f -> OF_WHAT_IS_FELT.contains(f.objective())));
        if (fault.isPresent()) {
            return new Story(
                    Optional.empty(),
                    List.of(
                            told(fault.get()),
                            "Of the statements, `"
                                    + Wording.statement(impact.statement().sql()) + "` did most: it " + deed(impact)
                                    + "; " + felt(impact) + "."),
                    Optional.empty(),
                    fault);
        }
        return new Story(
                Optional.of(Wording.statement(impact.statement().sql())),
                List.of(deed(impact) + "; " + felt(impact) + "."),
                SaferWay.of(impact));
    }

    private Optional<StepRun> brokenStep() {
        return evidence.run().steps(Phase.MIGRATION).stream()
                .filter(MigrationJudge::broken)
                .findFirst();
    }

    private static List<String> messages(List<Finding> findings) {
        List<String> messages = findings.stream()
                .map(Finding::message)
                .distinct()
                .limit(MESSAGES_TOLD)
                .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
        if (findings.size() > MESSAGES_TOLD) {
            messages.add("And " + (findings.size() - MESSAGES_TOLD) + " more findings failed.");
        }
        return messages;
    }

    private Optional<FaultEffect> worstFault() {
        return faults.stream().max(Comparator.comparingLong(FaultEffect::longestNanos));
    }

    private String told(FaultEffect felt) {
        FaultRun fault = evidence.run().faults().stream()
                .filter(run -> run.index() == felt.fault())
                .findFirst()
                .orElseThrow();
        return "The scenario's own fault, " + fault.kind() + ": " + fault.effect() + " " + felt.sentence();
    }

    /** The statement that did most: by requests kept waiting and for how long, then by rewrites, then by its strong holds. */
    private Optional<StatementImpact> worst() {
        return evidence.attribution().impacts().stream()
                .max(Comparator.comparingLong(Storyteller::totalWaitNanos)
                        .thenComparingLong(i -> i.statement().rewrites().stream()
                                .filter(rewrite -> !rewrite.ownRelation())
                                .count())
                        .thenComparingLong(
                                i -> strongest(i).map(LockHeld::heldNanos).orElse(0L))
                        .thenComparingLong(i -> i.statement().durationNanos()));
    }

    private static long totalWaitNanos(StatementImpact impact) {
        return Stream.concat(impact.victims().stream(), impact.poolVictims().stream())
                        .mapToLong(Victims::totalWaitNanos)
                        .sum()
                + impact.sessionVictims().stream()
                        .mapToLong(SessionVictims::totalWaitNanos)
                        .sum();
    }

    /** The longest hold of those that stop writes; if there is none, the strongest of the others. */
    private static Optional<LockHeld> strongest(StatementImpact impact) {
        return impact.statement().locks().stream()
                .filter(lock -> !lock.ownRelation())
                .max(Comparator.<LockHeld, Boolean>comparing(lock -> LockMode.of(lock.mode())
                                .filter(LockMode::stopsWrites)
                                .isPresent())
                        .thenComparingLong(LockHeld::heldNanos));
    }

    /** The strongest mode, and of its holds the longest: that nothing was stopped is told by how briefly what could stop all was held. */
    private static Optional<LockHeld> strongestOfAll(List<StatementImpact> impacts) {
        return impacts.stream()
                .flatMap(impact -> impact.statement().locks().stream())
                .filter(lock -> !lock.ownRelation())
                .max(Comparator.<LockHeld>comparingInt(lock ->
                                LockMode.of(lock.mode()).map(LockMode::ordinal).orElse(-1))
                        .thenComparingLong(LockHeld::heldNanos));
    }

    /** Such as {@code rewrote orders (column default) and held AccessExclusive on it for 26.4 s ± 1.0 ms}. */
    private static String deed(StatementImpact impact) {
        List<String> deeds = new ArrayList<>();
        List<String> relations = new ArrayList<>();
        if (impact.statement().waitedNanos() >= NOTABLE_WAIT_NANOS) {
            deeds.add("waited " + Quantities.duration(impact.statement().waitedNanos())
                    + impact.inFront().stream()
                            .findFirst()
                            .map(f -> " behind " + f.name())
                            .orElse(" for its lock")
                    + tries(impact));
        }
        for (Rewrite rewrite : impact.statement().rewrites()) {
            deeds.add("rewrote " + rewrite.relation() + " (" + rewrite.reason() + ")");
            relations.add(rewrite.relation());
        }
        for (Scan scan : impact.statement().scans()) {
            if (scan.rows() > 0 && !relations.contains(scan.relation())) {
                deeds.add("scanned " + Wording.count(scan.rows(), "row", "rows") + " of " + scan.relation());
                relations.add(scan.relation());
            }
        }
        strongest(impact)
                .ifPresent(lock -> deeds.add("held " + lock.mode() + " on "
                        + (relations.size() == 1 && relations.contains(lock.relation()) ? "it" : lock.relation())
                        + " for "
                        + Quantities.duration(lock.heldNanos()) + " ± " + Quantities.duration(lock.errorNanos())));
        String all = deeds.isEmpty()
                ? "took " + Quantities.duration(impact.statement().durationNanos())
                : Wording.list(deeds);
        return impact.step().phase() == Phase.ROLLBACK ? "in the rollback " + all : all;
    }

    private static String tries(StatementImpact impact) {
        return impact.statement().attempts() > 1 ? " in " + impact.statement().attempts() + " tries" : "";
    }

    /** Such as {@code 8,040 requests waited behind it (place-order, read-order), worst response 26.4 s; in the baseline p99 was 4.9 ms}. */
    private String felt(StatementImpact impact) {
        String sessions = sessionsFelt(impact);
        if (impact.requests() == 0) {
            return sessions.isEmpty() ? "no request waited for a lock behind it" : sessions;
        }
        List<Victims> operations = Stream.concat(impact.victims().stream(), impact.poolVictims().stream())
                .sorted(Comparator.comparingLong(Victims::requests).reversed())
                .toList();
        List<String> names = operations.stream()
                .map(v -> Wording.operation(evidence.run(), v.service(), v.operation()))
                .distinct()
                .toList();
        String named = String.join(", ", names.stream().limit(OPERATIONS_NAMED).toList())
                + (names.size() > OPERATIONS_NAMED ? " and " + (names.size() - OPERATIONS_NAMED) + " more" : "");
        return Wording.count(impact.requests(), "request", "requests") + " waited behind it (" + named
                + "), worst response " + Quantities.duration(impact.maxResponseNanos()) + baseline(operations)
                + (sessions.isEmpty() ? "" : "; " + sessions);
    }

    /** Such as {@code sessions of shop waited 8 times behind it, at most 1.52 s; which requests they served is not known}. */
    private static String sessionsFelt(StatementImpact impact) {
        List<SessionVictims> victims = impact.sessionVictims();
        return victims.isEmpty()
                ? ""
                : "sessions of "
                        + Wording.list(
                                victims.stream().map(SessionVictims::service).toList()) + " waited "
                        + Wording.count(impact.sessionWaits(), "time", "times") + " behind it, at most "
                        + Quantities.duration(victims.stream()
                                .mapToLong(SessionVictims::maxWaitNanos)
                                .max()
                                .orElseThrow())
                        + " (which requests they served is not known)";
    }

    private static boolean isFelt(StatementImpact impact) {
        return impact.requests() > 0 || impact.sessionWaits() > 0;
    }

    private String baseline(List<Victims> operations) {
        Timings before = new Timings();
        evidence.stage(Stage.BASELINE)
                .ifPresent(stage -> stage.operations().stream()
                        .filter(o -> operations.stream()
                                .anyMatch(v -> v.service().equals(o.service())
                                        && v.operation().equals(o.operation())))
                        .forEach(o -> before.add(o.response())));
        return before.count() == 0
                ? ""
                : "; in the baseline their p99 was " + Quantities.duration(before.percentileNanos(99));
    }

    private Story passed() {
        List<StatementImpact> impacts = evidence.attribution().impacts().stream()
                .filter(i -> i.step().phase() == Phase.MIGRATION)
                .toList();
        List<StepRun> steps = evidence.run().steps(Phase.MIGRATION);
        List<String> sentences = new ArrayList<>();
        String took = steps.isEmpty()
                ? ""
                : " in "
                        + Quantities.duration(
                                steps.getLast().endNanos() - steps.getFirst().startNanos());
        long waited = impacts.stream().mapToLong(StatementImpact::requests).sum();
        long worst =
                impacts.stream().mapToLong(StatementImpact::maxWaitNanos).max().orElse(0);
        Optional<String> sessions = impacts.stream()
                .max(Comparator.comparingLong(StatementImpact::sessionWaits))
                .map(Storyteller::sessionsFelt)
                .filter(felt -> !felt.isEmpty());
        sentences.add(Wording.count(impacts.size(), "statement", "statements") + took + "; "
                + (waited == 0
                        ? sessions.orElse("no request waited for a lock behind it") + "."
                        : Wording.count(waited, "request", "requests") + " waited for a lock, at most "
                                + Quantities.duration(worst) + "."));
        migrationBesideBaseline().ifPresent(sentences::add);
        strongestOfAll(impacts)
                .ifPresent(lock -> sentences.add("Strongest lock that it held: " + lock.mode() + " on "
                        + lock.relation() + ", for at most " + Quantities.duration(lock.heldNanos()) + " ± "
                        + Quantities.duration(lock.errorNanos()) + "."));
        wayBack().ifPresent(sentences::add);
        return new Story(Optional.empty(), sentences, Optional.empty());
    }

    private Optional<String> migrationBesideBaseline() {
        return evidence.stage(Stage.MIGRATION)
                .map(s -> s.overall().response())
                .filter(response -> response.count() > 0)
                .map(response ->
                        "Response p99 during the migration " + Quantities.duration(response.percentileNanos(99))
                                + evidence.stage(Stage.BASELINE)
                                        .map(b -> ", in the baseline "
                                                + Quantities.duration(
                                                        b.overall().response().percentileNanos(99)))
                                        .orElse("")
                                + ".");
    }

    private Optional<String> wayBack() {
        return rollback.status() == RollbackResult.Status.SUCCEEDED
                ? Optional.of("Rolled back in " + Quantities.duration(rollback.durationNanos())
                        + (rollback.schemaRestored().orElse(false) ? "; the schema is as it was." : "."))
                : Optional.empty();
    }

    private Story inconclusive(List<Finding> findings, Validity validity) {
        List<String> reasons = validity.valid()
                ? findings.stream()
                        .filter(f -> f.status() == Status.INCONCLUSIVE)
                        .map(Finding::message)
                        .toList()
                : validity.reasons();
        List<String> sentences = new ArrayList<>(reasons.isEmpty() ? List.of("No objective was judged.") : reasons);
        brokenStep()
                .map(MigrationJudge::failure)
                .filter(failure -> !sentences.contains(failure))
                .ifPresent(failure -> sentences.add("Seen, but not judged: " + failure));
        worst().filter(Storyteller::isFelt)
                .ifPresent(i -> sentences.add("Seen, but not judged: `"
                        + Wording.statement(i.statement().sql()) + "` " + deed(i) + "; " + felt(i) + "."));
        return new Story(Optional.empty(), sentences, Optional.empty());
    }
}

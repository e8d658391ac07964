package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.EnvironmentReady;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Lock holds and lock waits beside their limits, each with its error.
 *
 * <p>Holds count in the migration and in its rollback; those on relations that the migration itself created block nobody and are left out. A
 * hold is within its limit if it is so with its error added, and beyond it if it is so with its error taken off; between the two nothing is
 * known. Waits of the application count only if a statement caused them. Waits shorter than {@code deadlock_timeout} are not in the server's
 * log, so that a limit below it can be broken without a trace. Where the log is not read, each wait has an error of its own, on both sides, and those
 * shorter than the time between two readings may be missed ({@link InstrumentLimited}); likewise holds where no event trigger tells of them.
 */
final class LockJudge {
    private final Evidence evidence;

    LockJudge(Evidence evidence) {
        this.evidence = evidence;
    }

    private record Hold(LockHeld lock, StatementObserved by) {
        long atLeastNanos() {
            return lock.heldNanos() - lock.errorNanos();
        }

        long atMostNanos() {
            return lock.heldNanos() + lock.errorNanos();
        }
    }

    Finding judge(Objective.LockHold objective) {
        long limit = objective.max().toNanos();
        List<Hold> holds = holds(objective);
        String what = objective.mode().orElse("a lock that stops writes");
        String on = objective.relation().map(r -> " on " + r).orElse("");
        Optional<Hold> longest =
                holds.stream().max(Comparator.comparingLong(h -> h.lock().heldNanos()));
        if (longest.isEmpty()) {
            return Finding.ofDuration(
                    "lockHold",
                    unseenHold(limit).isPresent() ? Status.INCONCLUSIVE : Status.PASSED,
                    what + " held" + on,
                    OptionalDouble.of(0),
                    OptionalDouble.of((double) limit),
                    (unseenHold(limit).isPresent() ? "No statement was seen to hold " : "No statement held ") + what
                            + on
                            + "; the limit is " + Quantities.duration(limit) + "."
                            + unseenHold(limit).orElse(""),
                    objective.location());
        }
        Status status = unseenHold(limit).isPresent() ? Status.INCONCLUSIVE : Status.PASSED;
        if (holds.stream().anyMatch(h -> h.atLeastNanos() > limit)) {
            status = Status.FAILED;
        } else if (holds.stream().anyMatch(h -> h.atMostNanos() > limit)) {
            status = Status.INCONCLUSIVE;
        }
        LockHeld lock = longest.get().lock();
        String message = "`" + Wording.statement(longest.get().by().sql()) + "` held " + lock.mode() + " on "
                + lock.relation() + " for " + Quantities.duration(lock.heldNanos()) + " ± "
                + Quantities.duration(lock.errorNanos()) + "; the limit is " + Quantities.duration(limit) + "."
                + (status == Status.INCONCLUSIVE
                        ? holds.stream().anyMatch(h -> h.atMostNanos() > limit)
                                ? " The limit lies within the error."
                                : unseenHold(limit).orElse("")
                        : "");
        return Finding.ofDuration(
                        "lockHold",
                        status,
                        lock.mode() + " held on " + lock.relation(),
                        OptionalDouble.of((double) lock.heldNanos()),
                        OptionalDouble.of((double) limit),
                        message,
                        objective.location())
                .causedBy(
                        status == Status.PASSED
                                ? Optional.empty()
                                : Optional.of(longest.get().by().location()));
    }

    /** Why a hold beyond the limit can have left no trace; empty if none can. */
    private Optional<String> unseenHold(long limit) {
        return evidence.run()
                .limitation(InstrumentLimited.EVENT_TRIGGERS)
                .map(limited -> limited.blindNanos().orElse(0))
                .filter(blind -> blind > limit)
                .map(
                        blind -> " Holds shorter than " + Quantities.duration(blind)
                                + " may have been missed, because the server lets no event trigger tell of them: raise the limit.");
    }

    private List<Hold> holds(Objective.LockHold objective) {
        List<Hold> holds = new ArrayList<>();
        for (StatementImpact impact : evidence.attribution().impacts()) {
            for (StatementObserved observed : impact.statement().tries()) {
                for (LockHeld lock : observed.locks()) {
                    if (!lock.ownRelation() && asked(objective, lock)) {
                        holds.add(new Hold(lock, observed));
                    }
                }
            }
        }
        return holds;
    }

    private static boolean asked(Objective.LockHold objective, LockHeld lock) {
        Optional<LockMode> mode = LockMode.of(lock.mode());
        boolean rightMode = objective.mode().isPresent()
                ? mode.equals(LockMode.of(objective.mode().get()))
                : mode.filter(LockMode::stopsWrites).isPresent();
        return rightMode && objective.relation().map(lock.relation()::equals).orElse(true);
    }

    Finding judge(Objective.LockWait objective) {
        return switch (objective.victims()) {
            case APPLICATION -> application(objective);
            case MIGRATION -> migration(objective);
        };
    }

    private Finding application(Objective.LockWait objective) {
        List<CausedWait> caused = evidence.attribution().causedWaits();
        Optional<CausedWait> longest =
                caused.stream().max(Comparator.comparingLong(c -> c.lockWait().durationNanos()));
        String by = longest.map(c -> " behind `"
                        + Wording.statement(evidence.attribution()
                                .impacts()
                                .get(c.cause())
                                .statement()
                                .sql())
                        + "`")
                .orElse("");
        return waits(
                objective,
                "longest lock wait of a request",
                "a request",
                by,
                caused.stream().map(CausedWait::lockWait).toList(),
                longest.map(c -> location(evidence.attribution().impacts().get(c.cause()))));
    }

    private Finding migration(Objective.LockWait objective) {
        String by = evidence.attribution().impacts().stream()
                .flatMap(i -> i.inFront().stream())
                .max(Comparator.comparingLong(InFront::blockedNanos))
                .map(front -> " behind " + front.name())
                .orElse("");
        return waits(
                objective,
                "longest lock wait of the migration",
                "the migration",
                by,
                evidence.attribution().ownWaits(),
                evidence.attribution().impacts().stream()
                        .filter(impact -> impact.statement().waitedNanos() > 0)
                        .max(Comparator.comparingLong(
                                impact -> impact.statement().waitedNanos()))
                        .map(LockJudge::location));
    }

    private static SourceLocation location(StatementImpact impact) {
        return impact.statement().last().location();
    }

    private Optional<InstrumentLimited> sampled() {
        return evidence.run().limitation(InstrumentLimited.LOCK_WAITS);
    }

    /** A service whose waits cannot be told from others'. */
    private Optional<String> unnamed() {
        return evidence.run().started().services().stream()
                .map(ServicePlan::name)
                .filter(service -> evidence.run()
                        .limitation(InstrumentLimited.lockWaitsOf(service))
                        .isPresent())
                .findFirst();
    }

    /** Of the wait's duration: none by the server's own account, which is in microseconds. */
    private long errorNanos(LockWaited wait) {
        return sampled().isPresent() ? 2 * wait.errorNanos() : 0;
    }

    /** Waits that are shorter can have left no trace. */
    private long blindNanos() {
        return sampled().isPresent()
                ? sampled().get().blindNanos().orElse(0)
                : evidence.run()
                                .environment()
                                .map(EnvironmentReady::deadlockTimeoutMillis)
                                .orElse(0L)
                        * 1_000_000;
    }

    private Finding waits(
            Objective.LockWait objective,
            String subject,
            String who,
            String behind,
            List<LockWaited> waits,
            Optional<SourceLocation> cause) {
        long limit = objective.max().toNanos();
        Optional<LockWaited> worst = waits.stream().max(Comparator.comparingLong(LockWaited::durationNanos));
        long longest = worst.map(LockWaited::durationNanos).orElse(0L);
        boolean endUnknown = waits.stream().anyMatch(w -> w.outcome() == WaitOutcome.UNKNOWN);
        Status status = Status.PASSED;
        String why = "";
        if (waits.stream().anyMatch(w -> w.durationNanos() - errorNanos(w) > limit)) {
            status = Status.FAILED;
        } else if (waits.stream().anyMatch(w -> w.durationNanos() + errorNanos(w) > limit)) {
            status = Status.INCONCLUSIVE;
            why = " The limit lies within the error.";
        } else if (blindNanos() > limit) {
            status = Status.INCONCLUSIVE;
            why = " Waits shorter than " + Quantities.duration(blindNanos())
                    + (sampled().isPresent()
                            ? " may have been missed, because the server's log is not read: raise the limit."
                            : " are not in the server's log: lower environment.settings.deadlock_timeout or raise the limit.");
        } else if (objective.victims() == Objective.Victims.APPLICATION
                && unnamed().isPresent()) {
            status = Status.INCONCLUSIVE;
            why = " Those of " + unnamed().get()
                    + " are not known: its sessions do not have the name that it was given.";
        } else if (endUnknown) {
            status = Status.INCONCLUSIVE;
            why = " The end of at least one wait was not seen, so that it may have been longer.";
        }
        String message = waits.isEmpty()
                ? "No lock wait of " + who + (sampled().isPresent() ? " was seen" : " was logged") + "; the limit is "
                        + Quantities.duration(limit) + "." + why
                : "The longest lock wait of " + who + " took " + Quantities.duration(longest)
                        + worst.filter(w -> errorNanos(w) > 0)
                                .map(w -> " ± " + Quantities.duration(errorNanos(w)))
                                .orElse("")
                        + behind
                        + "; the limit is " + Quantities.duration(limit) + "." + why;
        return Finding.ofDuration(
                        "lockWait",
                        status,
                        subject,
                        OptionalDouble.of((double) longest),
                        OptionalDouble.of((double) limit),
                        message,
                        objective.location())
                .causedBy(status == Status.PASSED ? Optional.empty() : cause);
    }
}

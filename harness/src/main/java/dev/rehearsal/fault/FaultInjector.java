package dev.rehearsal.fault;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Cue;
import dev.rehearsal.scenario.Fault;
import dev.rehearsal.scenario.ServerNames;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.scenario.Step;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts and ends a scenario's faults when the timeline says that their cues have come.
 *
 * <p>Safe for use by several threads: one thread of its own does everything, in the order in which it was told.
 */
public final class FaultInjector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Scheduled> faults;
    private final FaultActions actions;
    private final Supplier<String> blockerJdbcUrl;
    private final RunClock clock;
    private final Journal journal;
    private final Set<String> committed = ConcurrentHashMap.newKeySet();
    private final CueWatch watch;
    private final InjectorThread thread = new InjectorThread(e -> trouble("internal error: " + e));

    /** Where a fault is. Touched by the injector's thread only. */
    private static final class Scheduled {
        private final int index;
        private final Fault fault;
        private volatile State state = State.WAITING;
        private @Nullable CompletableFuture<Void> next;
        private @Nullable BlockerSession blocker;
        /** Whether the journal has its beginning. */
        private boolean announced;

        private long startedNanos;

        Scheduled(int index, Fault fault) {
            this.index = index;
            this.fault = fault;
        }

        String name() {
            return "fault-" + index;
        }

        void cancelNext() {
            if (next != null) {
                next.complete(null);
            }
        }
    }

    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    /**
     * @param faults the scenario's that befall this server, by their index in the journal
     * @param faultApi Toxiproxy's HTTP API
     * @param servers power over them
     * @param blockerJdbcUrl straight to the primary as it is then, naming itself as a blocker
     * @param observerJdbcUrl likewise, as an observer
     */
    public FaultInjector(
            SortedMap<Integer, Fault> faults,
            URI faultApi,
            ServerSwitches servers,
            Supplier<String> blockerJdbcUrl,
            Supplier<String> observerJdbcUrl,
            RunClock clock,
            Journal journal) {
        List<Scheduled> scheduled = new ArrayList<>();
        faults.forEach((index, fault) -> scheduled.add(new Scheduled(index, fault)));
        this.faults = List.copyOf(scheduled);
        this.actions = new FaultActions(List.copyOf(faults.values()), new NetworkToxics(faultApi), servers);
        this.blockerJdbcUrl = blockerJdbcUrl;
        this.watch = new CueWatch(observerJdbcUrl, this::beginSoon, this::lookLost);
        this.clock = clock;
        this.journal = journal;
    }

    // ---- the timeline's words ---------------------------------------------------------------------------------------

    /** Starts the faults that come before a step, each its own lead ahead; returns when it is time for the step. */
    public void beforeStep(String step) throws InterruptedException {
        record Leading(Scheduled fault, Duration lead) {}
        List<Leading> leading = new ArrayList<>();
        for (Scheduled fault : faults) {
            if (fault.fault.cue() instanceof Cue.BeforeStep cue && cue.step().equals(step)) {
                leading.add(new Leading(fault, cue.lead()));
            }
        }
        Duration longest =
                leading.stream().map(Leading::lead).max(Duration::compareTo).orElse(Duration.ZERO);
        List<CompletableFuture<?>> awaited = new ArrayList<>();
        for (Leading each : leading) {
            CompletableFuture<Void> begun = new CompletableFuture<>();
            awaited.add(thread.after(longest.minus(each.lead), () -> begin(each.fault, begun)));
            // From the moment it has really begun: a session takes a while to open.
            awaited.add(begun.thenCompose(nothing -> thread.after(each.lead, () -> {})));
        }
        InjectorThread.await(CompletableFuture.allOf(awaited.toArray(CompletableFuture[]::new)));
    }

    /** Never interrupted half-way: the flag is for the caller to see. */
    public void stepStarted(String step) {
        thread.tell(() -> {
            watch.stepStarted(step);
            faults.forEach(fault -> {
                if (fault.fault.cue() instanceof Cue.AfterStepStart cue
                        && cue.step().equals(step)) {
                    schedule(fault, cue.delay());
                }
            });
        });
    }

    /** Returns at once: neither the commit nor the fault waits for the other, as nothing waits in reality. */
    public void committing(String step) {
        List<Scheduled> cued = faults.stream()
                .filter(fault -> fault.fault.cue() instanceof Cue.Committing cue
                        && cue.step().equals(step))
                .toList();
        if (!cued.isEmpty()) {
            committed.remove(step);
            thread.soon(() -> cued.forEach(fault -> beginWhileCommitting(fault, step)), new CompletableFuture<>());
        }
    }

    /** The client has its answer: faults that have not begun have missed the commit. */
    public void committed(String step) {
        committed.add(step);
    }

    /** Faults that waited for more of the step do not happen; faults that began go on. */
    public void stepEnded(String step) {
        thread.tell(() -> {
            watch.stepEnded();
            giveUp(
                    cue -> cue instanceof Cue.AfterStepStart after
                            && after.step().equals(step),
                    "Did not happen: the step was over before its cue.");
            giveUp(
                    cue -> cue instanceof Cue.Committing committing
                            && committing.step().equals(step),
                    "Did not happen: the step ended without a commit.");
            giveUp(
                    cue -> cue instanceof Cue.InPhase phase && phase.step().equals(Optional.of(step)),
                    "Did not happen: the step was not seen in that phase.");
        });
    }

    /** Faults that waited for the step do not happen. */
    public void stepSkipped(String step) {
        thread.tell(() -> giveUp(
                cue -> switch (cue) {
                    case Cue.BeforeStep before -> before.step().equals(step);
                    case Cue.AfterStepStart after -> after.step().equals(step);
                    case Cue.Committing committing -> committing.step().equals(step);
                    case Cue.InPhase phase -> phase.step().equals(Optional.of(step));
                    case Cue.AfterStageStart after -> false;
                    case Cue.OnLock onLock -> false;
                },
                "Did not happen: its step was not run."));
    }

    public void stageStarted(Stage stage) {
        thread.tell(() -> {
            faults.forEach(fault -> {
                if (fault.fault.cue() instanceof Cue.AfterStageStart cue && cue.stage() == stage) {
                    schedule(fault, cue.delay());
                }
            });
            if (stage == Stage.MIGRATION || stage == Stage.ROLLBACK) {
                look();
            }
        });
    }

    /** Ends the faults that have no end of their own. */
    public void stageEnded(Stage stage) {
        thread.tell(() -> {
            watch.close();
            giveUp(
                    cue -> cue instanceof Cue.AfterStageStart after && after.stage() == stage,
                    "Did not happen: the stage was over before its cue.");
            for (Scheduled fault : faults) {
                if (fault.state == State.RUNNING && fault.fault.duration().isEmpty()) {
                    end(fault);
                }
            }
        });
    }

    /** Ends every fault and heals the proxy. */
    @Override
    public void close() {
        if (thread.isClosed()) {
            return;
        }
        thread.tell(() -> {
            for (Scheduled fault : faults) {
                if (fault.state == State.RUNNING) {
                    end(fault);
                }
            }
            watch.close();
            giveUp(
                    Cue.LockQueued.class::isInstance,
                    "Did not happen: the migration was not seen to wait for a lock on that table that stops writes.");
            giveUp(
                    Cue.LockHeld.class::isInstance,
                    "Did not happen: the migration was not seen to have a lock on that table that stops writes.");
            giveUp(
                    Cue.InPhase.class::isInstance,
                    "Did not happen: the migration was not seen in that phase of building an index.");
            giveUp(cue -> true, "Did not happen: the run ended before its cue.");
            try {
                actions.heal();
            } catch (FaultFailure e) {
                trouble(e);
            }
        });
        thread.close();
    }

    // ---- on the injector's thread -----------------------------------------------------------------------------------

    /** For the cues that still wait for something to be seen. */
    private void look() {
        watch.begin(faults.stream()
                .filter(fault -> fault.state == State.WAITING)
                .map(fault -> fault.fault.cue())
                .toList());
    }

    private void beginSoon(Predicate<Cue> cues) {
        thread.soon(
                () -> faults.stream()
                        .filter(fault -> fault.state == State.WAITING && cues.test(fault.fault.cue()))
                        .forEach(fault -> begin(fault, new CompletableFuture<>())),
                new CompletableFuture<>());
    }

    private void beginWhileCommitting(Scheduled fault, String step) {
        if (fault.state != State.WAITING) {
            return;
        }
        if (committed.contains(step)) {
            over(fault, false, "Did not happen: the commit was answered before it could begin.");
            return;
        }
        begin(fault, new CompletableFuture<>());
        if (committed.contains(step)) {
            trouble("the commit of " + Step.called(step) + " was answered before the fault " + fault.fault.kind()
                    + " had taken hold; a replica that is synchronous and slow makes a commit last");
        }
    }

    /** With a server that was killed on purpose goes the watch, and with it the cues that are left: they say themselves that they never came. */
    private void lookLost(SQLException e) {
        boolean onPurpose =
                faults.stream().anyMatch(fault -> mayTakeSessionsAway(fault.fault) && fault.state != State.WAITING);
        if (!onPurpose) {
            trouble("locks and phases could not be watched for a cue: " + e.getMessage());
        }
    }

    private static boolean mayTakeSessionsAway(Fault fault) {
        return takesSessionsAway(fault) || fault instanceof Fault.DiskFull;
    }

    private static boolean takesSessionsAway(Fault fault) {
        return fault instanceof Fault.Crash || fault instanceof Fault.Failover || fault instanceof Fault.Election;
    }

    private void schedule(Scheduled fault, Duration delay) {
        if (fault.state == State.WAITING && fault.next == null) {
            fault.next = thread.after(delay, () -> begin(fault, new CompletableFuture<>()));
        }
    }

    /** @param begun completed when it has, or cannot */
    private void begin(Scheduled fault, CompletableFuture<Void> begun) {
        if (fault.state != State.WAITING) {
            begun.complete(null);
            return;
        }
        if (isAway(fault.fault)) {
            over(fault, false, "Did not happen: the server was away already, by an earlier fault.");
            begun.complete(null);
            return;
        }
        fault.state = State.RUNNING;
        if (fault.fault instanceof Fault.Blocker blocker) {
            begin(fault, blocker, begun);
            return;
        }
        try {
            // Of a server that stops, the begin is when the first of its processes did.
            long before = clock.nowNanos();
            if (fault.fault instanceof Fault.Failover failover) {
                started(fault, before);
                // It is over when the primary's address leads somewhere again; that instruments follow takes a little
                // longer.
                Duration without = actions.failOver(failover);
                over(fault, before + without.toNanos(), true, Sentences.effect(failover, without));
            } else if (fault.fault instanceof Fault.Election election) {
                started(fault, before);
                Succession succession = actions.elect(election);
                over(fault, before + succession.after().toNanos(), true, Sentences.effect(election, succession));
            } else {
                actions.begin(fault.name(), fault.fault);
                started(fault, fault.fault instanceof Fault.ServerFault ? before : clock.nowNanos());
            }
            if (takesSessionsAway(fault.fault) && fault.fault.of().equals(ServerNames.PRIMARY)) {
                endBlockers();
            }
            fault.fault.duration().ifPresent(duration -> fault.next = thread.after(duration, () -> end(fault)));
        } catch (FaultFailure e) {
            over(fault, false, "Did not happen: " + e.getMessage());
            trouble(e);
        } finally {
            begun.complete(null);
        }
    }

    /** A transaction does not outlive its server, and is not to be blamed for that. */
    private void endBlockers() {
        for (Scheduled fault : faults) {
            if (fault.state == State.RUNNING && fault.blocker != null && fault.announced) {
                fault.cancelNext();
                Duration open = Duration.ofNanos(clock.nowNanos() - fault.startedNanos);
                over(
                        fault,
                        true,
                        "A transaction was open for " + Sentences.words(open) + ", until its server was taken away.");
                fault.blocker.close();
            }
        }
    }

    /** Whether another fault has taken away the server that this one needs. */
    private boolean isAway(Fault fault) {
        List<String> needed = switch (fault) {
            case Fault.ServerFault server -> List.of(server.of());
            case Fault.DiskFull full -> List.of(full.of());
            case Fault.Failover failover -> List.of(failover.of(), failover.promote());
            default -> List.of();
        };
        return faults.stream()
                .filter(other -> other.state == State.RUNNING && other.fault instanceof Fault.ServerFault)
                .anyMatch(other -> needed.contains(other.fault.of()));
    }

    private void begin(Scheduled fault, Fault.Blocker blocker, CompletableFuture<Void> begun) {
        BlockerSession session = BlockerSession.start(blocker, blockerJdbcUrl.get());
        fault.blocker = session;
        session.onBegun(() -> thread.soon(() -> started(fault, clock.nowNanos()), begun));
        session.onEnded(outcome -> thread.soon(() -> ended(fault, outcome), begun));
    }

    private void started(Scheduled fault, long atNanos) {
        if (fault.announced) {
            return;
        }
        fault.announced = true;
        fault.startedNanos = atNanos;
        journal.record(new RunEvent.FaultStarted(
                fault.startedNanos, fault.index, fault.fault.kind(), Sentences.description(fault.fault)));
    }

    private void ended(Scheduled fault, BlockerSession.Outcome outcome) {
        if (fault.state == State.RUNNING) {
            over(fault, outcome.happened(), outcome.effect());
            if (!outcome.happened()) {
                trouble(outcome.effect());
            }
        }
    }

    private void end(Scheduled fault) {
        if (fault.state != State.RUNNING) {
            return;
        }
        fault.cancelNext();
        if (fault.blocker != null) {
            fault.blocker.close();
            ended(
                    fault,
                    fault.blocker
                            .outcome()
                            .orElseGet(() -> new BlockerSession.Outcome(
                                    true,
                                    "The transaction did not end within " + PATIENCE.toSeconds()
                                            + " s of being told to.")));
            return;
        }
        try {
            actions.end(fault.name(), fault.fault);
        } catch (FaultFailure e) {
            trouble(e);
        }
        over(fault, true, Sentences.effect(fault.fault, Duration.ofNanos(clock.nowNanos() - fault.startedNanos)));
    }

    private void giveUp(Predicate<Cue> cues, String why) {
        for (Scheduled fault : faults) {
            if (fault.state == State.WAITING && cues.test(fault.fault.cue())) {
                fault.cancelNext();
                over(fault, false, why);
            }
        }
    }

    private void over(Scheduled fault, boolean happened, String effect) {
        over(fault, clock.nowNanos(), happened, effect);
    }

    private void over(Scheduled fault, long atNanos, boolean happened, String effect) {
        fault.state = State.OVER;
        // An end without a beginning means nothing to a reader, also of a fault that did not happen.
        started(fault, atNanos);
        journal.record(new RunEvent.FaultEnded(atNanos, fault.index, effect, happened));
    }

    private void trouble(FaultFailure failure) {
        trouble(failure.getMessage());
    }

    private void trouble(String message) {
        journal.record(new RunEvent.InstrumentTrouble(clock.nowNanos(), "fault injector", message));
    }
}

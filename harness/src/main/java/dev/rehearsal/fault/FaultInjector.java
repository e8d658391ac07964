package dev.rehearsal.fault;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Cue;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Fault;
import dev.rehearsal.scenario.Stage;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts and ends a scenario's faults when the timeline says that their cues have come.
 *
 * <p>Safe for use by several threads: one thread of its own does everything, in the order in which it was told.
 */
public final class FaultInjector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Scheduled> faults;
    private final boolean anyOfTheNetwork;
    private final NetworkToxics toxics;
    private final ServerSwitches servers;
    private final Supplier<String> blockerJdbcUrl;
    private final Supplier<String> observerJdbcUrl;
    private final RunClock clock;
    private final Journal journal;
    private Optional<LockWatch> locks = Optional.empty();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("fault-injector").factory());

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
     * @param faults the scenario's; their place in the list is their index in the journal
     * @param faultApi Toxiproxy's HTTP API
     * @param servers power over them
     * @param blockerJdbcUrl straight to the primary as it is then, naming itself as a blocker
     * @param observerJdbcUrl likewise, as an observer
     */
    public FaultInjector(
            List<Fault> faults,
            URI faultApi,
            ServerSwitches servers,
            Supplier<String> blockerJdbcUrl,
            Supplier<String> observerJdbcUrl,
            RunClock clock,
            Journal journal) {
        List<Scheduled> scheduled = new ArrayList<>();
        for (Fault fault : faults) {
            scheduled.add(new Scheduled(scheduled.size(), fault));
        }
        this.faults = List.copyOf(scheduled);
        this.anyOfTheNetwork = faults.stream().anyMatch(FaultInjector::isOfTheNetwork);
        this.toxics = new NetworkToxics(faultApi);
        this.servers = servers;
        this.blockerJdbcUrl = blockerJdbcUrl;
        this.observerJdbcUrl = observerJdbcUrl;
        this.clock = clock;
        this.journal = journal;
    }

    private static boolean isOfTheNetwork(Fault fault) {
        return switch (fault) {
            case Fault.NetworkFault network -> true;
            case Fault.Down down -> true;
            case Fault.Partition partition -> true;
            case Fault.ServerFault server -> false;
            case Fault.Failover failover -> false;
            case Fault.Blocker blocker -> false;
        };
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
            awaited.add(after(longest.minus(each.lead), () -> begin(each.fault, begun)));
            // From the moment it has really begun: a session takes a while to open.
            awaited.add(begun.thenCompose(nothing -> after(each.lead, () -> {})));
        }
        await(CompletableFuture.allOf(awaited.toArray(CompletableFuture[]::new)));
    }

    /** Never interrupted half-way: the flag is for the caller to see. */
    public void stepStarted(String step) {
        tell(() -> faults.forEach(fault -> {
            if (fault.fault.cue() instanceof Cue.AfterStepStart cue
                    && cue.step().equals(step)) {
                schedule(fault, cue.delay());
            }
        }));
    }

    /** Faults that waited for more of the step do not happen; faults that began go on. */
    public void stepEnded(String step) {
        tell(() -> giveUp(
                cue -> cue instanceof Cue.AfterStepStart after && after.step().equals(step),
                "Did not happen: the step was over before its cue."));
    }

    /** Faults that waited for the step do not happen. */
    public void stepSkipped(String step) {
        tell(() -> giveUp(
                cue -> (cue instanceof Cue.AfterStepStart after && after.step().equals(step))
                        || (cue instanceof Cue.BeforeStep before
                                && before.step().equals(step)),
                "Did not happen: its step was not run."));
    }

    public void stageStarted(Stage stage) {
        tell(() -> {
            faults.forEach(fault -> {
                if (fault.fault.cue() instanceof Cue.AfterStageStart cue && cue.stage() == stage) {
                    schedule(fault, cue.delay());
                }
            });
            if (stage == Stage.MIGRATION || stage == Stage.ROLLBACK) {
                watchLocks();
            }
        });
    }

    /** Ends the faults that have no end of their own. */
    public void stageEnded(Stage stage) {
        tell(() -> {
            locks.ifPresent(LockWatch::close);
            locks = Optional.empty();
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
        if (thread.isShutdown()) {
            return;
        }
        tell(() -> {
            for (Scheduled fault : faults) {
                if (fault.state == State.RUNNING) {
                    end(fault);
                }
            }
            locks.ifPresent(LockWatch::close);
            giveUp(
                    Cue.LockQueued.class::isInstance,
                    "Did not happen: the migration was not seen to wait for a lock on that table that stops writes.");
            giveUp(
                    Cue.LockHeld.class::isInstance,
                    "Did not happen: the migration was not seen to have a lock on that table that stops writes.");
            giveUp(cue -> true, "Did not happen: the run ended before its cue.");
            if (anyOfTheNetwork) {
                try {
                    toxics.heal();
                } catch (FaultFailure e) {
                    trouble(e);
                }
            }
        });
        thread.shutdownNow();
    }

    // ---- on the injector's thread -----------------------------------------------------------------------------------

    /** For the cues that still wait for one. */
    private void watchLocks() {
        List<String> tables = faults.stream()
                .filter(fault -> fault.state == State.WAITING)
                .flatMap(fault ->
                        fault.fault.cue() instanceof Cue.OnLock onLock ? Stream.of(onLock.table()) : Stream.of())
                .distinct()
                .toList();
        if (!tables.isEmpty()) {
            locks = Optional.of(LockWatch.started(
                    observerJdbcUrl.get(), ApplicationNames.MIGRATION, tables, this::lockSeen, this::watchLost));
        }
    }

    private void lockSeen(LockWatch.Seen seen) {
        onThread(
                () -> faults.forEach(fault -> {
                    boolean cued = switch (fault.fault.cue()) {
                        case Cue.LockQueued queued ->
                            !seen.granted() && queued.table().equals(seen.table());
                        case Cue.LockHeld held -> seen.granted() && held.table().equals(seen.table());
                        case Cue.BeforeStep before -> false;
                        case Cue.AfterStepStart after -> false;
                        case Cue.AfterStageStart after -> false;
                    };
                    if (cued) {
                        begin(fault, new CompletableFuture<>());
                    }
                }),
                new CompletableFuture<>());
    }

    /** With a server that was killed on purpose goes the watch, and with it the cues that are left: they say themselves that they never came. */
    private void watchLost(SQLException e) {
        boolean onPurpose =
                faults.stream().anyMatch(fault -> takesSessionsAway(fault.fault) && fault.state != State.WAITING);
        if (!onPurpose) {
            trouble("locks could not be watched for a cue: " + e.getMessage());
        }
    }

    private static boolean takesSessionsAway(Fault fault) {
        return fault instanceof Fault.Crash || fault instanceof Fault.Failover;
    }

    private void schedule(Scheduled fault, Duration delay) {
        if (fault.state == State.WAITING && fault.next == null) {
            fault.next = after(delay, () -> begin(fault, new CompletableFuture<>()));
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
            if (fault.fault instanceof Fault.ServerFault deed) {
                begin(deed);
                started(fault, before);
            } else if (fault.fault instanceof Fault.Failover failover) {
                started(fault, before);
                // It is over when the primary's address leads somewhere again; that instruments follow takes a little
                // longer.
                Duration without = failOver(failover);
                over(fault, before + without.toNanos(), true, Sentences.effect(failover, without));
            } else {
                toxics.begin(fault.name(), fault.fault);
                started(fault, clock.nowNanos());
            }
            fault.fault.duration().ifPresent(duration -> fault.next = after(duration, () -> end(fault)));
        } catch (FaultFailure e) {
            over(fault, false, "Did not happen: " + e.getMessage());
            trouble(e);
        } finally {
            begun.complete(null);
        }
    }

    /** Whether another fault has taken away the server that this one needs. */
    private boolean isAway(Fault fault) {
        List<String> needed = switch (fault) {
            case Fault.ServerFault server -> List.of(server.of());
            case Fault.Failover failover -> List.of(failover.of(), failover.promote());
            default -> List.of();
        };
        return faults.stream()
                .filter(other -> other.state == State.RUNNING && other.fault instanceof Fault.ServerFault)
                .anyMatch(other -> needed.contains(other.fault.of()));
    }

    private Duration failOver(Fault.Failover failover) throws FaultFailure {
        try {
            return servers.failOver(failover.promote(), failover.planned());
        } catch (EnvironmentException e) {
            throw new FaultFailure("the failover to " + failover.promote() + " failed: " + e.getMessage(), e);
        }
    }

    private void begin(Fault.ServerFault deed) throws FaultFailure {
        try {
            switch (deed) {
                case Fault.Pause pause -> servers.pause(deed.of());
                case Fault.Crash crash -> servers.crash(deed.of());
            }
        } catch (EnvironmentException e) {
            throw new FaultFailure(deed.kind() + " of the server failed: " + e.getMessage(), e);
        }
    }

    private void end(Fault.ServerFault deed) throws FaultFailure {
        try {
            switch (deed) {
                case Fault.Pause pause -> servers.resume(deed.of());
                case Fault.Crash crash -> servers.restart(deed.of());
            }
        } catch (EnvironmentException e) {
            throw new FaultFailure(
                    "the server could not be brought back after the " + deed.kind() + ": " + e.getMessage(), e);
        }
    }

    private void begin(Scheduled fault, Fault.Blocker blocker, CompletableFuture<Void> begun) {
        BlockerSession session = BlockerSession.start(blocker, blockerJdbcUrl.get());
        fault.blocker = session;
        session.onBegun(() -> onThread(() -> started(fault, clock.nowNanos()), begun));
        session.onEnded(outcome -> onThread(() -> ended(fault, outcome), begun));
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
            if (fault.fault instanceof Fault.ServerFault deed) {
                end(deed);
            } else {
                toxics.end(fault.name(), fault.fault);
            }
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

    // ---- between the threads ----------------------------------------------------------------------------------------

    /** Runs it on the injector's thread and waits, so that a cue that is over is over for faults, too. */
    private void tell(Runnable what) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(what, thread);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    await(done);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs it on the injector's thread after a while, unless what it returns is completed before; that is completed afterwards. */
    private CompletableFuture<Void> after(Duration delay, Runnable what) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ScheduledFuture<?> unused = thread.schedule(
                () -> {
                    if (!done.isDone()) {
                        guarded(what);
                        done.complete(null);
                    }
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
        return done;
    }

    /** Nothing is left to do for a session that ends after the injector. */
    private void onThread(Runnable what, CompletableFuture<Void> done) {
        try {
            thread.execute(() -> {
                guarded(what);
                done.complete(null);
            });
        } catch (RejectedExecutionException e) {
            done.complete(null);
        }
    }

    /** A bug of ours in here would otherwise vanish with its task. */
    private void guarded(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            trouble("internal error: " + e);
        }
    }

    private static void await(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}

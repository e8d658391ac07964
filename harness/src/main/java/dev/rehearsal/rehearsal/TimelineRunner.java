package dev.rehearsal.rehearsal;

import dev.rehearsal.fault.FaultInjector;
import dev.rehearsal.load.LiveView;
import dev.rehearsal.load.Load;
import dev.rehearsal.migration.MigrationRunner;
import dev.rehearsal.migration.StepListener;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StageEnded;
import dev.rehearsal.run.RunEvent.StageStarted;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Walks the stages in order while the load runs: waits where a stage has a length, works where it has steps, and tells faults and progress.
 *
 * <p>Used by one thread; an interrupt of that thread cancels the running statement and ends the walk.
 */
final class TimelineRunner {
    private static final Duration TICK = Duration.ofMillis(250);
    /** Nearly every operation is over sooner; one that is not would delay the migration for too long. */
    private static final Duration LONGEST_UNDERWAY = Duration.ofSeconds(5);

    private final Timeline timeline;
    private final Load load;
    private final Supplier<Optional<String>> broken;
    private final FaultInjector faults;
    private final RunClock clock;
    private final RightNow journal;
    private final Progress progress;
    private final List<Double> baselineP50s = new ArrayList<>();
    private final List<Double> baselineP99s = new ArrayList<>();
    private double baselineP50Millis = Double.NaN;
    private volatile double baselineP99Millis = Double.NaN;
    private volatile Optional<String> statement = Optional.empty();

    /** @param broken says what the run cannot do without and has lost, apart from the load; empty while it has all */
    TimelineRunner(
            Timeline timeline,
            Load load,
            Supplier<Optional<String>> broken,
            FaultInjector faults,
            RunClock clock,
            RightNow journal,
            Progress progress) {
        this.timeline = timeline;
        this.load = load;
        this.broken = broken;
        this.faults = faults;
        this.clock = clock;
        this.journal = journal;
        this.progress = progress;
    }

    /** What the migration runner tells: passed on to the faults' cues and to the view. */
    StepListener stepListener() {
        return new StepListener() {
            @Override
            public void beforeStep(Step step) throws InterruptedException {
                faults.beforeStep(step.name());
            }

            @Override
            public void stepStarted(Step step) {
                progress.stepStarted(step.name());
                faults.stepStarted(step.name());
            }

            @Override
            public void statementStarted(Step step, Step.SqlStatement started) {
                statement = Optional.of(started.text().replaceAll("\\s+", " "));
            }

            @Override
            public void progressed(Step step, String howFar) {
                statement = Optional.of(howFar);
            }

            @Override
            public void committing(Step step) {
                faults.committing(step.name());
            }

            @Override
            public void committed(Step step) {
                faults.committed(step.name());
            }

            @Override
            public void stepEnded(Step step, Status status) {
                statement = Optional.empty();
                if (status == Status.SKIPPED) {
                    faults.stepSkipped(step.name());
                } else {
                    faults.stepEnded(step.name());
                }
            }
        };
    }

    /** The p99 response of the baseline; empty before its end, or when nothing finished in it. */
    Optional<Duration> baselineP99() {
        double millis = baselineP99Millis;
        return Double.isNaN(millis) ? Optional.empty() : Optional.of(Duration.ofNanos((long) (millis * 1e6)));
    }

    TimelineRunner warmup() throws EnvironmentException, InterruptedException {
        return lasting(Stage.WARMUP, timeline.warmup());
    }

    TimelineRunner baseline() throws EnvironmentException, InterruptedException {
        return lasting(Stage.BASELINE, timeline.baseline());
    }

    TimelineRunner migrate(MigrationPlan plan, MigrationRunner runner)
            throws EnvironmentException, InterruptedException {
        return working(
                Stage.MIGRATION,
                timeline.migration(),
                () -> runner.run(Phase.MIGRATION, plan.steps(), plan.timeLimit(), 0));
    }

    TimelineRunner settle() throws EnvironmentException, InterruptedException {
        return lasting(Stage.SETTLE, timeline.settle());
    }

    /** Nothing, when there is no way back. */
    TimelineRunner rollBack(MigrationPlan plan, MigrationRunner runner)
            throws EnvironmentException, InterruptedException {
        List<Step> steps = plan.rollback();
        if (steps.isEmpty()) {
            return this;
        }
        int firstStep = plan.steps().size();
        working(
                Stage.ROLLBACK,
                timeline.rollback(),
                () -> runner.run(Phase.ROLLBACK, steps, plan.timeLimit(), firstStep));
        return lasting(Stage.RECOVERY, timeline.settle());
    }

    private TimelineRunner lasting(Stage stage, Duration length) throws EnvironmentException, InterruptedException {
        long start = begin(stage, Optional.of(length));
        watchUntil(stage, start, Optional.of(length), start + length.toNanos());
        end(stage, start);
        return this;
    }

    /**
     * The work begins when those requests are over that arrived before the stage did: they count for the stage before, which is not to feel it.
     *
     * @param atLeast watched for this long even when the work is done sooner
     */
    private TimelineRunner working(Stage stage, Duration atLeast, Runnable work)
            throws EnvironmentException, InterruptedException {
        long start = begin(stage, Optional.empty());
        CompletableFuture<Void> before = load.underwayFinished();
        FutureTask<Void> task = new FutureTask<>(() -> {
            await(before, stage);
            work.run();
            return null;
        });
        Thread worker = Thread.ofPlatform().name("migration").start(task);
        try {
            while (!task.isDone()) {
                watchOnce(stage, start, Optional.empty(), TICK);
            }
            task.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            worker.interrupt();
            joinUninterrupted(worker);
        }
        watchUntil(stage, start, Optional.of(atLeast), start + atLeast.toNanos());
        end(stage, start);
        return this;
    }

    private void await(CompletableFuture<Void> before, Stage stage) throws ExecutionException, InterruptedException {
        try {
            before.get(LONGEST_UNDERWAY.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            journal.record(new Noted(
                    clock.nowNanos(),
                    "The " + stage.word() + " began although requests that had arrived before were under way for "
                            + LONGEST_UNDERWAY.toSeconds()
                            + " s already: what they felt of it counts for the stage before."));
        }
    }

    private long begin(Stage stage, Optional<Duration> planned) {
        long now = clock.nowNanos();
        journal.record(new StageStarted(now, stage));
        progress.stageStarted(stage, planned);
        faults.stageStarted(stage);
        return now;
    }

    private void end(Stage stage, long startNanos) {
        faults.stageEnded(stage);
        long now = clock.nowNanos();
        journal.record(new StageEnded(now, stage));
        progress.stageEnded(stage, Duration.ofNanos(now - startNanos));
        if (stage == Stage.BASELINE) {
            baselineP50Millis = median(baselineP50s);
            baselineP99Millis = median(baselineP99s);
        }
    }

    /** NaN of none. */
    private static double median(List<Double> values) {
        return values.isEmpty() ? Double.NaN : values.stream().sorted().toList().get(values.size() / 2);
    }

    private void watchUntil(Stage stage, long startNanos, Optional<Duration> planned, long untilNanos)
            throws EnvironmentException, InterruptedException {
        long left = untilNanos - clock.nowNanos();
        while (left > 0) {
            watchOnce(stage, startNanos, planned, Duration.ofNanos(Math.min(left, TICK.toNanos())));
            left = untilNanos - clock.nowNanos();
        }
    }

    private void watchOnce(Stage stage, long startNanos, Optional<Duration> planned, Duration pause)
            throws EnvironmentException, InterruptedException {
        Thread.sleep(pause);
        Optional<String> failure = load.failure();
        if (failure.isPresent()) {
            throw new EnvironmentException(
                    "the load generator has failed: " + failure.get(), "see its words above, and try again");
        }
        Optional<String> lost = broken.get();
        if (lost.isPresent()) {
            throw new EnvironmentException(lost.get(), "see why it ended; without it there is no traffic to measure");
        }
        LiveView live = load.live();
        boolean finished = live.finishedPerSecond() > 0;
        double p50Millis = finished ? live.p50Nanos() / 1e6 : Double.NaN;
        double p99Millis = finished ? live.p99Nanos() / 1e6 : Double.NaN;
        if (stage == Stage.BASELINE && finished) {
            baselineP50s.add(p50Millis);
            baselineP99s.add(p99Millis);
        }
        progress.tick(new Progress.Moment(
                stage,
                Duration.ofNanos(clock.nowNanos() - startNanos),
                planned,
                live.finishedPerSecond(),
                p50Millis,
                p99Millis,
                baselineP50Millis,
                baselineP99Millis,
                live.failed(),
                live.inFlight(),
                journal.waitingForLocks(),
                journal.faults(),
                statement));
    }

    private static void joinUninterrupted(Thread worker) {
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
                worker.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException rethrown(Throwable cause) throws EnvironmentException, InterruptedException {
        return switch (cause) {
            case EnvironmentException environment -> throw environment;
            case InterruptedException interrupted -> throw interrupted;
            case RuntimeException runtime -> runtime;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }
}

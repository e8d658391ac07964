package dev.rehearsal.rehearsal;

import dev.rehearsal.fault.FaultInjector;
import dev.rehearsal.load.LiveView;
import dev.rehearsal.migration.MigrationOutcome;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Walks the stages in order while the load runs: waits where a stage has a length, works where it has steps, and tells faults and progress.
 *
 * <p>Several databases are migrated wave by wave, under load all the while. The stage {@code migration} of each is that of its own wave, so that what is judged
 * in it is not diluted by the time in which others were migrated; until its wave comes, and from then to the next stage of all, a database is in none. What it
 * feels meanwhile is the machine that they share here and nowhere else, and counts for nothing. Likewise in the rollback.
 *
 * <p>Used by one thread; an interrupt of that thread cancels the running statements and ends the walk.
 */
final class TimelineRunner {
    private static final Duration TICK = Duration.ofMillis(250);
    /** Nearly every operation is over sooner; one that is not would delay the migration for too long. */
    private static final Duration LONGEST_UNDERWAY = Duration.ofSeconds(5);

    private final Timeline timeline;
    private final Lanes lanes;
    private final RunClock clock;
    private final Progress progress;
    private final Map<Integer, String> statements = new ConcurrentSkipListMap<>();
    private final ReentrantLock telling = new ReentrantLock();

    TimelineRunner(Timeline timeline, Lanes lanes, RunClock clock, Progress progress) {
        this.timeline = timeline;
        this.lanes = lanes;
        this.clock = clock;
        this.progress = progress;
    }

    /** What the migration runner of a database tells: passed on to the view, and to the cues of what befalls that database. */
    private final class Told implements StepListener {
        private final Lane lane;
        private final FaultInjector faults;

        Told(Lane lane) {
            this.lane = lane;
            this.faults = lane.faults();
        }

        @Override
        public void beforeStep(Step step) throws InterruptedException {
            faults.beforeStep(step.name());
        }

        @Override
        public void stepStarted(Step step) {
            telling.lock();
            try {
                progress.stepStarted(named(lane, step.name()));
            } finally {
                telling.unlock();
            }
            faults.stepStarted(step.name());
        }

        @Override
        public void statementStarted(Step step, Step.SqlStatement started) {
            statements.put(lane.number(), named(lane, started.text().replaceAll("\\s+", " ")));
        }

        @Override
        public void progressed(Step step, String howFar) {
            statements.put(lane.number(), named(lane, howFar));
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
            statements.remove(lane.number());
            if (status == Status.SKIPPED) {
                faults.stepSkipped(step.name());
            } else {
                faults.stepEnded(step.name());
            }
        }
    }

    private String named(Lane lane, String what) {
        return lanes.all().size() == 1 ? what : "database " + lane.number() + ": " + what;
    }

    TimelineRunner warmup() throws EnvironmentException, InterruptedException {
        return lasting(Stage.WARMUP, lanes.all(), timeline.warmup());
    }

    TimelineRunner baseline() throws EnvironmentException, InterruptedException {
        return lasting(Stage.BASELINE, lanes.all(), timeline.baseline());
    }

    /** Where one fails, those of later waves may be left as they are. */
    TimelineRunner migrate(MigrationPlan plan) throws EnvironmentException, InterruptedException {
        for (List<Lane> wave : lanes.waves()) {
            if (lanes.stopped()) {
                wave.forEach(lanes::leaveOut);
            } else {
                working(Stage.MIGRATION, Phase.MIGRATION, wave, timeline.migration(), plan.steps(), 0);
            }
        }
        return this;
    }

    TimelineRunner settle() throws EnvironmentException, InterruptedException {
        return lasting(Stage.SETTLE, lanes.all(), timeline.settle());
    }

    /** Nothing, when there is no way back. Whichever database fails to go back, the others are not left with half of their way. */
    TimelineRunner rollBack(MigrationPlan plan) throws EnvironmentException, InterruptedException {
        List<Step> steps = plan.rollback();
        if (steps.isEmpty()) {
            if (!plan.noWayBack().isEmpty()) {
                lanes.first()
                        .journal()
                        .record(new Noted(
                                clock.nowNanos(),
                                "No way back was rehearsed: " + String.join(", ", plan.noWayBack())
                                        + ". Add it, or write rollback: none."));
            }
            return this;
        }
        List<List<Lane>> waves = lanes.wavesToRollBack();
        for (List<Lane> wave : waves) {
            working(
                    Stage.ROLLBACK,
                    Phase.ROLLBACK,
                    wave,
                    timeline.rollback(),
                    steps,
                    plan.steps().size());
        }
        return lasting(Stage.RECOVERY, waves.stream().flatMap(List::stream).toList(), timeline.settle());
    }

    private TimelineRunner lasting(Stage stage, List<Lane> concerned, Duration length)
            throws EnvironmentException, InterruptedException {
        long start = begin(stage, concerned, Optional.of(length));
        watchUntil(stage, concerned, start, Optional.of(length), start + length.toNanos());
        end(stage, concerned, start);
        return this;
    }

    /**
     * The work begins when those requests are over that arrived before the stage did: they count for the stage before, which is not to feel it.
     *
     * @param atLeast watched for this long even when the work is done sooner
     */
    private void working(
            Stage stage, Phase phase, List<Lane> wave, Duration atLeast, List<Step> steps, int firstStepIndex)
            throws EnvironmentException, InterruptedException {
        long start = begin(stage, wave, Optional.empty());
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (Lane lane : wave) {
            CompletableFuture<Void> before = lane.load().underwayFinished();
            tasks.add(new FutureTask<>(() -> {
                await(before, stage, lane);
                MigrationOutcome outcome = lane.run(phase, steps, firstStepIndex, new Told(lane));
                lanes.passed(phase, lane, outcome);
                return null;
            }));
        }
        List<Thread> workers = tasks.stream()
                .map(task -> Thread.ofPlatform().name("migration").start(task))
                .toList();
        try {
            while (!tasks.stream().allMatch(FutureTask::isDone)) {
                watchOnce(stage, wave, start, Optional.empty(), TICK);
            }
            for (FutureTask<Void> task : tasks) {
                task.get();
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            workers.forEach(Thread::interrupt);
            workers.forEach(TimelineRunner::joinUninterrupted);
        }
        watchUntil(stage, wave, start, Optional.of(atLeast), start + atLeast.toNanos());
        end(stage, wave, start);
    }

    private void await(CompletableFuture<Void> before, Stage stage, Lane lane)
            throws ExecutionException, InterruptedException {
        try {
            before.get(LONGEST_UNDERWAY.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            lane.journal()
                    .record(new Noted(
                            clock.nowNanos(),
                            "The " + stage.word()
                                    + " began although requests that had arrived before were under way for "
                                    + LONGEST_UNDERWAY.toSeconds()
                                    + " s already: what they felt of it counts for the stage before."));
        }
    }

    private long begin(Stage stage, List<Lane> concerned, Optional<Duration> planned) {
        long now = clock.nowNanos();
        concerned.forEach(lane -> lane.journal().record(new StageStarted(now, stage)));
        progress.stageStarted(stage, planned);
        concerned.forEach(lane -> lane.faults().stageStarted(stage));
        return now;
    }

    private void end(Stage stage, List<Lane> concerned, long startNanos) {
        concerned.forEach(lane -> lane.faults().stageEnded(stage));
        long now = clock.nowNanos();
        concerned.forEach(lane -> lane.journal().record(new StageEnded(now, stage)));
        progress.stageEnded(stage, Duration.ofNanos(now - startNanos));
        if (stage == Stage.BASELINE) {
            concerned.forEach(Lane::endBaseline);
        }
    }

    private void watchUntil(
            Stage stage, List<Lane> concerned, long startNanos, Optional<Duration> planned, long untilNanos)
            throws EnvironmentException, InterruptedException {
        long left = untilNanos - clock.nowNanos();
        while (left > 0) {
            watchOnce(stage, concerned, startNanos, planned, Duration.ofNanos(Math.min(left, TICK.toNanos())));
            left = untilNanos - clock.nowNanos();
        }
    }

    private void watchOnce(
            Stage stage, List<Lane> concerned, long startNanos, Optional<Duration> planned, Duration pause)
            throws EnvironmentException, InterruptedException {
        Thread.sleep(pause);
        for (Lane lane : lanes.all()) {
            Optional<String> failure = lane.load().failure();
            if (failure.isPresent()) {
                throw new EnvironmentException(
                        named(lane, "the load generator has failed: ") + failure.get(),
                        "see its words above, and try again");
            }
            Optional<String> lost = lane.lostService();
            if (lost.isPresent()) {
                throw new EnvironmentException(
                        named(lane, lost.get()), "see why it ended; without it there is no traffic to measure");
            }
        }
        if (stage == Stage.BASELINE) {
            concerned.forEach(lane -> lane.noteBaseline(lane.load().live()));
        }
        show(stage, concerned.getFirst(), startNanos, planned);
    }

    private void show(Stage stage, Lane lane, long startNanos, Optional<Duration> planned) {
        LiveView live = lane.load().live();
        boolean finished = live.finishedPerSecond() > 0;
        progress.tick(new Progress.Moment(
                stage,
                Duration.ofNanos(clock.nowNanos() - startNanos),
                planned,
                live.finishedPerSecond(),
                finished ? live.p50Nanos() / 1e6 : Double.NaN,
                finished ? live.p99Nanos() / 1e6 : Double.NaN,
                lane.baselineP50Millis(),
                lane.baselineP99Millis(),
                live.failed(),
                live.inFlight(),
                lane.journal().waitingForLocks(),
                lane.journal().faults(),
                statements.values().stream().findFirst()));
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

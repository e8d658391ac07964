package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.LaggingReplica;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunEvent.StepEnded;
import dev.rehearsal.run.RunEvent.StepStarted;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps without statements. */
class WaitingStepsTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final SourceLocation PLACE = new SourceLocation("scenario.yaml", 7, 9);

    @TempDir
    static Path directory;

    private static MeasuredServer server;

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.forgetEvents();
    }

    /** Replicas as a list of answers says; the last one stays. */
    private record Lags(Deque<Duration> lags) implements Surroundings {
        static Lags of(Duration... lags) {
            return new Lags(new ArrayDeque<>(List.of(lags)));
        }

        @Override
        public boolean inhabited() {
            return true;
        }

        @Override
        public Optional<LaggingReplica> furthestBehind() {
            return Optional.of(new LaggingReplica("replica-1", lags.size() > 1 ? lags.pop() : lags.getFirst()));
        }

        @Override
        public Optional<Duration> p99() {
            return Optional.empty();
        }

        @Override
        public Optional<Duration> baselineP99() {
            return Optional.empty();
        }

        @Override
        public long deploy(String service, String version, Duration over) {
            throw new AssertionError("no step deploys");
        }

        @Override
        public int waitingForLocks() {
            return 0;
        }
    }

    private static Step pause(Duration length) {
        return new Step.PauseStep("rest", PLACE, length);
    }

    private static final Step CATCH_UP = new Step.WaitStep("catch up", PLACE, Duration.ofSeconds(1));

    private static MigrationOutcome run(Surroundings surroundings, Duration limit, Step... steps) {
        return Migrations.runner(server, StepListener.none(), surroundings)
                .run(Phase.MIGRATION, List.of(steps), limit, 0);
    }

    @Test
    void aPauseIsAStepThatTakesItsTime() {
        run(Lags.of(Duration.ZERO), LONG, pause(Duration.ofMillis(60)));

        StepStarted started = server.events(StepStarted.class).getFirst();
        StepEnded ended = server.events(StepEnded.class).getFirst();
        assertThat(started).isEqualTo(new StepStarted(started.atNanos(), 0, "rest", "pause", Phase.MIGRATION, PLACE));
        assertThat(ended).isEqualTo(new StepEnded(ended.atNanos(), 0, Status.SUCCEEDED, 1));
        assertThat(ended.atNanos() - started.atNanos()).isGreaterThanOrEqualTo(60_000_000);
        assertThat(server.events(StatementObserved.class)).isEmpty();
    }

    @Test
    void nobodyIsThereToPauseFor() {
        MigrationOutcome outcome = run(Surroundings.deserted(), LONG, pause(Duration.ofHours(1)), CATCH_UP);

        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void aStopEndsAPause() {
        MigrationOutcome outcome = stopped(pause(Duration.ofHours(1)), CATCH_UP);

        assertThat(outcome.failure().orElseThrow().message())
                .isEqualTo("stopped before the pause of 3600000 ms was over");
        assertThat(server.events(StepEnded.class))
                .extracting(StepEnded::status)
                .containsExactly(Status.FAILED, Status.SKIPPED);
        assertThat(server.events(StepEnded.class).getFirst().failure())
                .contains("stopped before the pause of 3600000 ms was over");
    }

    @Test
    void aWaitIsOverWhenTheReplicasHaveCaughtUp() {
        Lags lags = Lags.of(Duration.ofSeconds(3), Duration.ofMillis(1001), Duration.ofSeconds(1), Duration.ofHours(1));

        MigrationOutcome outcome = run(lags, LONG, CATCH_UP);

        assertThat(outcome.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(lags.lags()).containsExactly(Duration.ofHours(1));
    }

    @Test
    void aReplicaThatDidNotCatchUpIsNamedByAStop() {
        MigrationOutcome outcome = stopped(CATCH_UP);

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.failure().orElseThrow().message())
                .isEqualTo("replica-1 was still 5000 ms behind, and 1000 ms was waited for");
    }

    /** Interrupted when the first step has begun. */
    private static MigrationOutcome stopped(Step... steps) {
        Thread caller = Thread.currentThread();
        StepListener interrupting = new StepListener() {
            @Override
            public void stepStarted(Step step) {
                caller.interrupt();
            }
        };
        MigrationOutcome outcome = Migrations.runner(server, interrupting, Lags.of(Duration.ofSeconds(5)))
                .run(Phase.MIGRATION, List.of(steps), LONG, 0);
        assertThat(Thread.interrupted()).isTrue();
        return outcome;
    }
}

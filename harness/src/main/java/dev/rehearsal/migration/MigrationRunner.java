package dev.rehearsal.migration;

import dev.rehearsal.measure.StatementWitness;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs the steps of one direction, in order, over one connection. The steps run on a thread of their own; the thread that calls {@link #run} keeps
 * the time limit, and can be interrupted.
 */
public final class MigrationRunner {
    private final String proxiedJdbcUrl;
    private final Supplier<String> directJdbcUrl;
    private final StatementWitness witness;
    private final RunClock clock;
    private final Journal journal;
    private final StepListener listener;
    private final Surroundings surroundings;
    private final long seed;
    private final boolean shared;

    /**
     * @param proxiedJdbcUrl what the statements go through
     * @param directJdbcUrl for cancelling them, and for asking what became of a commit, straight to the primary as it is then
     * @param surroundings that steps heed which wait or throttle themselves
     * @param seed of the jitter between retries
     */
    public MigrationRunner(
            String proxiedJdbcUrl,
            Supplier<String> directJdbcUrl,
            StatementWitness witness,
            RunClock clock,
            Journal journal,
            StepListener listener,
            Surroundings surroundings,
            long seed) {
        this(proxiedJdbcUrl, directJdbcUrl, witness, clock, journal, listener, surroundings, seed, false);
    }

    /**
     * The same where a pooler may be in the way.
     *
     * @param shared whether one is that may give each transaction to another session
     */
    public MigrationRunner(
            String proxiedJdbcUrl,
            Supplier<String> directJdbcUrl,
            StatementWitness witness,
            RunClock clock,
            Journal journal,
            StepListener listener,
            Surroundings surroundings,
            long seed,
            boolean shared) {
        this.shared = shared;
        this.surroundings = surroundings;
        this.proxiedJdbcUrl = proxiedJdbcUrl;
        this.directJdbcUrl = directJdbcUrl;
        this.witness = witness;
        this.clock = clock;
        this.journal = journal;
        this.listener = listener;
        this.seed = seed;
    }

    /**
     * Runs all steps, or up to the first that fails; the rest is journaled as skipped. When interrupted it cancels what runs, returns the outcome of that,
     * and leaves the thread's interrupt flag set.
     *
     * @param timeLimit of all steps together
     * @param firstStepIndex of the first of {@code steps} within the run
     */
    public MigrationOutcome run(Phase phase, List<Step> steps, Duration timeLimit, int firstStepIndex) {
        return run(phase, steps, Set.of(), timeLimit, firstStepIndex);
    }

    /**
     * The same without some of the steps, which are journaled as skipped in their places.
     *
     * @param leftOut their names
     */
    public MigrationOutcome run(
            Phase phase, List<Step> steps, Set<String> leftOut, Duration timeLimit, int firstStepIndex) {
        long start = clock.nowNanos();
        StopRequest stop = new StopRequest();
        StepSequence sequence = new StepSequence(
                proxiedJdbcUrl,
                witness,
                clock,
                journal,
                listener,
                stop,
                directJdbcUrl,
                new Backoff(new Random(seed ^ phase.name().hashCode())),
                surroundings,
                shared);
        FutureTask<Optional<Failure>> migration =
                new FutureTask<>(() -> sequence.run(phase, steps, leftOut, firstStepIndex));
        Thread.ofPlatform().name("migration").daemon().start(migration);
        Optional<Failure> failure = new StopKeeper(directJdbcUrl, stop, migration, clock, journal).await(timeLimit);
        Status status = failure.isEmpty() ? Status.SUCCEEDED : sequence.failed();
        return new MigrationOutcome(status, failure, start, clock.nowNanos());
    }
}

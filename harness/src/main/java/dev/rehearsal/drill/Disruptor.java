package dev.rehearsal.drill;

import dev.rehearsal.migration.StepListener;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Disrupts a server once, at a point of the migration that it listens to. */
final class Disruptor implements StepListener {
    private final Disruption.Ready disruption;
    private final DisruptionPoint point;
    private final CountDownLatch stepOver = new CountDownLatch(1);
    private final CompletableFuture<Boolean> struck = new CompletableFuture<>();
    /** Read after the migration's thread has ended, as is the other. */
    private boolean begun;

    private int statement;

    Disruptor(Disruption.Ready disruption, DisruptionPoint point) {
        this.disruption = disruption;
        this.point = point;
    }

    @Override
    public void beforeStep(Step step) {
        if (point instanceof DisruptionPoint.Before before && before.step().equals(step)) {
            strike();
        }
    }

    @Override
    public void stepStarted(Step step) {
        if (point instanceof DisruptionPoint.During during && during.step().equals(step)) {
            begun = true;
            Thread.ofPlatform().name("drill-disruption").start(() -> strikeAfter(during.after()));
        }
    }

    @Override
    public void statementStarted(Step step, SqlStatement started) {
        if (point instanceof DisruptionPoint.BeforeStatement before
                && before.step().equals(step)
                && statement++ == before.statement()) {
            strike();
        }
        if (point instanceof DisruptionPoint.BeforeFirstBatch before
                && before.step().equals(step)
                && statement++ == 0) {
            strike();
        }
    }

    @Override
    public void stepEnded(Step step, Status status) {
        if (point instanceof DisruptionPoint.During during && during.step().equals(step)) {
            stepOver.countDown();
        }
    }

    private void strikeAfter(Duration delay) {
        try {
            if (stepOver.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
                struck.complete(false);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        strike();
    }

    private void strike() {
        if (struck.isDone()) {
            return;
        }
        try {
            disruption.strike();
            struck.complete(true);
        } catch (EnvironmentException e) {
            struck.completeExceptionally(e);
        }
    }

    /** To be called when the migration is over. False if its moment never came. */
    boolean hasStruck() throws EnvironmentException {
        if (point instanceof DisruptionPoint.AfterAll) {
            strike();
        }
        if (!begun) {
            struck.complete(false);
        }
        try {
            return struck.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EnvironmentException environment) {
                throw environment;
            }
            throw e;
        }
    }
}

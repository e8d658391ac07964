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

/** Kills a drill's server once, at a point of the migration that it listens to, and starts it again at once: the migration's session is gone. */
final class Killer implements StepListener {
    private final DrillServer server;
    private final CrashPoint point;
    private final CountDownLatch stepOver = new CountDownLatch(1);
    private final CompletableFuture<Boolean> killed = new CompletableFuture<>();
    /** Read after the migration's thread has ended, as is the other. */
    private boolean begun;

    private int statement;

    Killer(DrillServer server, CrashPoint point) {
        this.server = server;
        this.point = point;
    }

    @Override
    public void beforeStep(Step step) {
        if (point instanceof CrashPoint.Before before && before.step().equals(step)) {
            kill();
        }
    }

    @Override
    public void stepStarted(Step step) {
        if (point instanceof CrashPoint.During during && during.step().equals(step)) {
            begun = true;
            Thread.ofPlatform().name("drill-crash").start(() -> killAfter(during.after()));
        }
    }

    @Override
    public void statementStarted(Step step, SqlStatement started) {
        if (point instanceof CrashPoint.BeforeStatement before
                && before.step().equals(step)
                && statement++ == before.statement()) {
            kill();
        }
    }

    @Override
    public void stepEnded(Step step, Status status) {
        if (point instanceof CrashPoint.During during && during.step().equals(step)) {
            stepOver.countDown();
        }
    }

    private void killAfter(Duration delay) {
        try {
            if (stepOver.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
                killed.complete(false);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    private void kill() {
        if (killed.isDone()) {
            return;
        }
        try {
            server.crash();
            killed.complete(true);
        } catch (EnvironmentException e) {
            killed.completeExceptionally(e);
        }
    }

    /** To be called when the migration is over. False if its moment never came. */
    boolean hasKilled() throws EnvironmentException {
        if (point instanceof CrashPoint.AfterAll) {
            kill();
        }
        if (!begun) {
            killed.complete(false);
        }
        try {
            return killed.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EnvironmentException environment) {
                throw environment;
            }
            throw e;
        }
    }
}

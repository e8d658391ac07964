package dev.rehearsal.fault;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The one thread that does everything of an injector, in the order in which it was told, and the ways to tell it. Safe for use by several threads. */
final class InjectorThread implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("fault-injector").factory());
    private final Consumer<RuntimeException> bugs;

    /** @param bugs what would otherwise vanish with its task */
    InjectorThread(Consumer<RuntimeException> bugs) {
        this.bugs = bugs;
    }

    boolean isClosed() {
        return thread.isShutdown();
    }

    /** Runs it and waits, so that a cue that is over is over for faults, too. */
    void tell(Runnable what) {
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

    /** Runs it after a while, unless what it returns is completed before; that is completed afterwards. */
    CompletableFuture<Void> after(Duration delay, Runnable what) {
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

    /** Runs it and does not wait. Nothing is left to do for a session that ends after the injector. */
    void soon(Runnable what, CompletableFuture<Void> done) {
        try {
            thread.execute(() -> {
                guarded(what);
                done.complete(null);
            });
        } catch (RejectedExecutionException e) {
            done.complete(null);
        }
    }

    private void guarded(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            bugs.accept(e);
        }
    }

    static void await(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

package dev.rehearsal.load;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads what an injector tells, on a thread of its own: requests go to the recording, pauses to the journal. When the
 * stream ends before the drain has, the injector has failed. Safe for use by several threads.
 */
final class InjectorReader implements AutoCloseable {
    private static final String REPORT = "Start again; if it happens again, report it with these lines.";

    private final InjectorLink injector;
    private final Recording recording;
    private final Journal journal;
    private final CompletableFuture<Frame.Ready> ready = new CompletableFuture<>();
    private final CompletableFuture<Frame.Started> started = new CompletableFuture<>();
    /** Answers that are waited for, in order. */
    private final Queue<CompletableFuture<Frame.Deploying>> deploying = new ConcurrentLinkedQueue<>();

    private final Queue<CompletableFuture<Frame.Offered>> offered = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<TimedClock>> clocks = new ConcurrentLinkedQueue<>();

    private final CompletableFuture<Frame.Drained> drained = new CompletableFuture<>();
    private final CompletableFuture<EnvironmentException> failure = new CompletableFuture<>();
    private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
    private volatile boolean closing;
    private Optional<String> trouble = Optional.empty();

    /** @param backNanoTime when the answer was here */
    record TimedClock(Frame.Clock answer, long backNanoTime) {}

    InjectorReader(InjectorLink injector, Recording recording, Journal journal) {
        this.injector = injector;
        this.recording = recording;
        this.journal = journal;
    }

    void start() {
        ended = CompletableFuture.runAsync(
                this::run, Thread.ofPlatform().name("injector's frames").daemon()::start);
    }

    InjectorLink injector() {
        return injector;
    }

    /** Done when it waits to be told when the plan begins, which only one of several does; fails when the injector does. */
    CompletableFuture<Frame.Ready> ready() {
        return ready;
    }

    /** Done when the arrivals flow; fails when the injector does. */
    CompletableFuture<Frame.Started> started() {
        return started;
    }

    /** To be asked before the command is sent: done when it is answered; fails when the injector does. */
    CompletableFuture<Frame.Deploying> deploying() {
        return awaited(deploying);
    }

    /** Likewise. */
    CompletableFuture<Frame.Offered> offered() {
        return awaited(offered);
    }

    /** Likewise. */
    CompletableFuture<TimedClock> clock() {
        return awaited(clocks);
    }

    private <T> CompletableFuture<T> awaited(Queue<CompletableFuture<T>> answers) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        answers.add(answer);
        var unused = failure.thenAccept(answer::completeExceptionally);
        return answer;
    }

    /** Done when everything is in {@code requests.bin}; fails when the injector does. */
    CompletableFuture<Frame.Drained> drained() {
        return drained;
    }

    /** Done when the injector has failed, which it does not when it is closed. */
    CompletableFuture<EnvironmentException> failure() {
        return failure;
    }

    /** From now on the end of the injector is no failure. */
    void expectEnd() {
        closing = true;
    }

    /** After the injector's end: waits until all it told is written. */
    @Override
    public void close() {
        ended.join();
    }

    private void run() {
        try {
            Optional<Frame.Drained> end = readFrames();
            recording.flush();
            end.ifPresent(drained::complete);
            if (end.isEmpty()) {
                fail(new EnvironmentException(injector.obituary(trouble), REPORT));
            }
        } catch (EnvironmentException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the last frame of a load that drained; empty if there was none. */
    private Optional<Frame.Drained> readFrames() throws EnvironmentException {
        DataInputStream frames = injector.frames();
        byte[] scratch = new byte[64];
        for (Optional<Frame> next = next(frames, scratch); next.isPresent(); next = next(frames, scratch)) {
            switch (next.get()) {
                case Frame.Request finished -> recording.add(finished.request());
                case Frame.Paused paused ->
                    journal.record(new RunEvent.Paused(paused.atNanos(), "injector", paused.durationNanos()));
                case Frame.Ready waits -> ready.complete(waits);
                case Frame.Started begun -> started.complete(begun);
                case Frame.Deploying begun -> deploying.remove().complete(begun);
                case Frame.Offered answer -> offered.remove().complete(answer);
                case Frame.Clock answer -> clocks.remove().complete(new TimedClock(answer, System.nanoTime()));
                case Frame.Alive alive -> {}
                case Frame.Failed failed -> fail(new EnvironmentException(said(failed), failed.remedy()));
                case Frame.OfBuild late ->
                    fail(new EnvironmentException(
                            injector.slice().injector() + " builds a dataset while it is to make a load", REPORT));
                case Frame.Drained end -> {
                    return Optional.of(end);
                }
            }
            if (available(frames) == 0) {
                recording.flush();
            }
        }
        return Optional.empty();
    }

    private Optional<Frame> next(DataInputStream frames, byte[] scratch) {
        try {
            return Frame.read(frames, scratch);
        } catch (IOException e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Of a connection that is lost, reading says more. */
    private static int available(DataInputStream frames) {
        try {
            return frames.available();
        } catch (IOException e) {
            return 0;
        }
    }

    private String said(Frame.Failed failed) {
        return injector.slice().isWhole()
                ? failed.message()
                : injector.slice().injector() + ", " + injector.place() + ": " + failed.message();
    }

    /** The first reason counts: what follows from it is noise. Called for the failure of another slice's injector too, without which this one is of no use. */
    void fail(EnvironmentException reason) {
        if (!closing) {
            failure.complete(reason);
        }
        ready.completeExceptionally(reason);
        started.completeExceptionally(reason);
        drained.completeExceptionally(reason);
    }
}

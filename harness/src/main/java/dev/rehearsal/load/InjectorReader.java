package dev.rehearsal.load;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;

/**
 * Reads what the injector tells, on a thread of its own: requests go to {@code requests.bin} and the live view, pauses to the journal. When the
 * stream ends before the drain has, the injector has failed. Safe for use by several threads.
 */
final class InjectorReader implements AutoCloseable {
    private static final String REPORT = "Start again; if it happens again, report it with these lines.";

    private final InjectorProcess injector;
    private final Journal journal;
    private final Path requestsFile;
    private final RequestLog.Writer requests;
    private final LiveStatistics statistics;
    private final CompletableFuture<Frame.Started> started = new CompletableFuture<>();
    /** Answers that are waited for, in order. */
    private final Queue<CompletableFuture<Frame.Deploying>> deploying = new ConcurrentLinkedQueue<>();

    private final CompletableFuture<Frame.Drained> drained = new CompletableFuture<>();
    private final CompletableFuture<EnvironmentException> failure = new CompletableFuture<>();
    private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
    private volatile boolean closing;

    /** @param planned see {@link LiveStatistics} */
    InjectorReader(
            InjectorProcess injector,
            List<OperationKey> operations,
            IntPredicate planned,
            Path requestsFile,
            Journal journal)
            throws EnvironmentException {
        this.injector = injector;
        this.journal = journal;
        this.requestsFile = requestsFile;
        this.statistics = new LiveStatistics(operations, planned);
        try {
            this.requests = new RequestLog.Writer(requestsFile, operations);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    void start() {
        ended = CompletableFuture.runAsync(
                this::run, Thread.ofPlatform().name("injector's frames").daemon()::start);
    }

    LiveStatistics statistics() {
        return statistics;
    }

    /** Done when the arrivals flow; fails when the injector does. */
    CompletableFuture<Frame.Started> started() {
        return started;
    }

    /** To be asked before the command is sent: done when it is answered; fails when the injector does. */
    CompletableFuture<Frame.Deploying> deploying() {
        CompletableFuture<Frame.Deploying> answer = new CompletableFuture<>();
        deploying.add(answer);
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
        try (requests) {
            Optional<Frame.Drained> end = readFrames();
            requests.flush();
            end.ifPresent(drained::complete);
            if (end.isEmpty()) {
                fail(new EnvironmentException(injector.obituary(), REPORT));
            }
        } catch (IOException e) {
            fail(notWritable(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the last frame of a load that drained; empty if there was none. */
    private Optional<Frame.Drained> readFrames() throws IOException {
        DataInputStream frames = injector.frames();
        byte[] scratch = new byte[64];
        for (Optional<Frame> next = Frame.read(frames, scratch); next.isPresent(); next = Frame.read(frames, scratch)) {
            switch (next.get()) {
                case Frame.Request finished -> {
                    requests.append(finished.request());
                    statistics.record(finished.request());
                }
                case Frame.Paused paused ->
                    journal.record(new RunEvent.Paused(paused.atNanos(), "injector", paused.durationNanos()));
                case Frame.Started begun -> started.complete(begun);
                case Frame.Deploying begun -> deploying.remove().complete(begun);
                case Frame.Failed failed -> fail(new EnvironmentException(failed.message(), failed.remedy()));
                case Frame.Drained end -> {
                    return Optional.of(end);
                }
            }
            if (frames.available() == 0) {
                requests.flush();
            }
        }
        return Optional.empty();
    }

    /** The first reason counts: what follows from it is noise. */
    private void fail(EnvironmentException reason) {
        if (!closing) {
            failure.complete(reason);
        }
        started.completeExceptionally(reason);
        drained.completeExceptionally(reason);
    }

    private EnvironmentException notWritable(IOException e) {
        return new EnvironmentException(
                "cannot write " + requestsFile + ": " + e.getMessage(),
                "Make the run's directory writable, and see that its disk is not full.",
                e);
    }
}

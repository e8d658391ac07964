package dev.rehearsal.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that moves bytes, and owns everything that decides about them.
 *
 * <p>{@link #call} and {@link #close} are for other threads; all else is for the loop's own.
 */
final class EventLoop implements AutoCloseable {
    /** Called when a channel is ready. */
    @FunctionalInterface
    interface Ready {
        void ready(SelectionKey key);
    }

    private record Timer(long dueNanos, long sequence, Runnable action) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.signum(dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private static final long NANOS_PER_MILLI = 1_000_000;
    /** For all connections together, beyond what each may hold in any case. */
    private static final long MUCH_BYTES = 1 << 26;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Command<?>> commands = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(1 << 16);
    private long timersMade;
    private long heldBytes;
    private volatile boolean closed;

    EventLoop() throws IOException {
        selector = Selector.open();
        thread = Thread.ofPlatform().daemon().name("fault-proxy").start(this::run);
    }

    /** Scratch space for one read; its content is gone with the next. */
    ByteBuffer readBuffer() {
        return readBuffer.clear();
    }

    /** Bytes that a link holds from now on, or, when negative, no more. */
    void hold(long bytes) {
        heldBytes += bytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    /** So much is held, by all links together, that none may hold more than it must. */
    boolean holdsMuch() {
        return heldBytes >= MUCH_BYTES;
    }

    SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws IOException {
        return channel.register(selector, interest, ready);
    }

    /** Runs an action at a time by {@code System.nanoTime()}, or up to a millisecond later: the selector counts in milliseconds. */
    void at(long dueNanos, Runnable action) {
        timers.add(new Timer(dueNanos, timersMade++, action));
    }

    /**
     * Runs a command in the loop and waits for it. Sockets that it closed are closed when this returns.
     *
     * @throws ApiException that the command threw, or because the loop has ended
     */
    <T> T call(Callable<T> command) throws ApiException {
        Command<T> task = new Command<>(command, new CompletableFuture<>());
        commands.add(task);
        selector.wakeup();
        if (closed) {
            task.refuse();
        }
        try {
            return task.result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(500, "interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException api) {
                throw api;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private record Command<T>(Callable<T> work, CompletableFuture<T> result) {
        void refuse() {
            result.completeExceptionally(new ApiException(503, "the proxy has been shut down"));
        }
    }

    private void run() {
        try {
            while (!closed) {
                select();
                runTimers();
                for (Command<?> command = commands.poll(); command != null; command = commands.poll()) {
                    run(command);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the fault proxy's selector failed", e);
        } finally {
            closed = true;
            commands.forEach(Command::refuse);
        }
    }

    private <T> void run(Command<T> command) {
        try {
            T value = command.work.call();
            releaseClosed();
            command.result.complete(value);
        } catch (Exception e) {
            command.result.completeExceptionally(e);
        }
    }

    /** Lets go of closed channels now: a selector keeps their sockets, and their ports, until it selects again. For commands only. */
    void releaseClosed() throws IOException {
        selector.selectNow(EventLoop::dispatch);
    }

    private void select() throws IOException {
        @Nullable Timer next = timers.peek();
        if (next == null) {
            selector.select(EventLoop::dispatch);
            return;
        }
        long waitNanos = next.dueNanos - System.nanoTime();
        if (waitNanos <= 0) {
            selector.selectNow(EventLoop::dispatch);
        } else {
            selector.select(EventLoop::dispatch, (waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        }
    }

    private static void dispatch(SelectionKey key) {
        if (key.isValid()) {
            ((Ready) key.attachment()).ready(key);
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        for (Timer timer = timers.peek(); timer != null && timer.dueNanos - now <= 0; timer = timers.peek()) {
            timers.poll();
            timer.action.run();
        }
    }

    /** To be called when nothing is registered any more. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The thread has ended; nothing can be done with the descriptor.
        }
    }
}

package dev.rehearsal.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** One way of a connection: reads at one end, passes through the stages, writes at the other. Only the event loop's thread uses it. */
final class Link {
    /** Held before reading stops, when nothing is to be delayed: the receiver is slow, and the sender shall feel it. */
    static final int UNHINDERED_BYTES = 1 << 16;

    /** Held before reading stops, when bytes are to be delayed but not slowed down. */
    static final int DELAYED_BYTES = 1 << 23;

    private final Connection connection;
    private final EventLoop loop;
    private final SocketChannel source;
    private final SocketChannel target;
    private final List<Stage> stages = new ArrayList<>();
    private final Deque<ByteBuffer> unwritten = new ArrayDeque<>();
    private boolean hindered;
    private int limit = UNHINDERED_BYTES;
    private long heldBytes;
    private boolean sourceEnded;
    private boolean targetEnding;
    private boolean finished;

    Link(Connection connection, EventLoop loop, SocketChannel source, SocketChannel target) {
        this.connection = connection;
        this.loop = loop;
        this.source = source;
        this.target = target;
    }

    boolean wantsToRead() {
        return !sourceEnded && heldBytes < limit;
    }

    boolean wantsToWrite() {
        return !unwritten.isEmpty();
    }

    /** Everything that came was written, and so was its end. */
    boolean finished() {
        return finished;
    }

    // ---- toxics -----------------------------------------------------------------------------------------------------

    void add(Toxic toxic) {
        stages.add(stageOf(toxic));
        stagesChanged();
    }

    void update(int index, Toxic toxic) {
        Stage old = stages.get(index);
        Stage fresh = stageOf(toxic);
        List<Chunk> held = old.release();
        stages.set(index, fresh);
        stagesChanged();
        for (Chunk chunk : held) {
            fresh.offer(chunk);
        }
        if (old.ended()) {
            fresh.end();
        }
        connection.interestChanged();
    }

    void remove(int index, Toxic toxic) {
        Stage stage = stages.get(index);
        for (Chunk chunk : stage.release()) {
            forward(stage, chunk);
        }
        if (toxic.attributes() instanceof Toxic.Timeout) {
            closeConnection();
            return;
        }
        if (stage.ended() && !targetEnding) {
            forwardEnd(stage);
        }
        stages.remove(index);
        stagesChanged();
        connection.interestChanged();
    }

    private Stage stageOf(Toxic toxic) {
        if (ThreadLocalRandom.current().nextFloat() >= toxic.toxicity()) {
            return new PassStage(this);
        }
        return switch (toxic.attributes()) {
            case Toxic.Latency latency -> new LatencyStage(this, loop, latency);
            case Toxic.Bandwidth bandwidth -> new BandwidthStage(this, loop, bandwidth);
            case Toxic.Timeout timeout -> new TimeoutStage(this, loop, timeout);
            case Toxic.ResetPeer reset -> new ResetStage(this, loop, reset);
        };
    }

    private void stagesChanged() {
        hindered = stages.stream().anyMatch(stage -> !(stage instanceof PassStage));
        limit = stages.stream()
                .filter(stage -> !(stage instanceof PassStage))
                .mapToInt(Stage::holdsAtMost)
                .min()
                .orElse(UNHINDERED_BYTES);
    }

    // ---- the way of the bytes ---------------------------------------------------------------------------------------

    void read() {
        ByteBuffer buffer = loop.readBuffer();
        try {
            if (source.read(buffer) < 0) {
                sourceEnded = true;
                if (stages.isEmpty()) {
                    endTarget();
                } else {
                    stages.getFirst().end();
                }
                return;
            }
        } catch (IOException e) {
            closeConnection();
            return;
        }
        buffer.flip();
        if (hindered) {
            Chunk chunk = new Chunk(copy(buffer), System.nanoTime());
            heldBytes += chunk.length();
            stages.getFirst().offer(chunk);
        } else {
            passThrough(buffer);
        }
    }

    private void passThrough(ByteBuffer buffer) {
        try {
            if (unwritten.isEmpty()) {
                target.write(buffer);
            }
        } catch (IOException e) {
            closeConnection();
            return;
        }
        if (buffer.hasRemaining()) {
            heldBytes += buffer.remaining();
            unwritten.addLast(copy(buffer));
        }
    }

    /** Called by a stage: to the one after it, or out. */
    void forward(Stage from, Chunk chunk) {
        int next = stages.indexOf(from) + 1;
        if (next < stages.size()) {
            stages.get(next).offer(chunk);
        } else {
            unwritten.addLast(chunk.bytes());
            write();
        }
    }

    /** Called by a stage that has sent on all that it held. */
    void forwardEnd(Stage from) {
        int next = stages.indexOf(from) + 1;
        if (next < stages.size()) {
            stages.get(next).end();
        } else {
            endTarget();
        }
    }

    void dropped(Chunk chunk) {
        heldBytes -= chunk.length();
    }

    void write() {
        try {
            for (ByteBuffer first = unwritten.peekFirst(); first != null; first = unwritten.peekFirst()) {
                heldBytes -= target.write(first);
                if (first.hasRemaining()) {
                    break;
                }
                unwritten.removeFirst();
            }
        } catch (IOException e) {
            closeConnection();
            return;
        }
        finishWhenWritten();
        connection.interestChanged();
    }

    private void endTarget() {
        targetEnding = true;
        finishWhenWritten();
    }

    private void finishWhenWritten() {
        if (!targetEnding || finished || !unwritten.isEmpty()) {
            return;
        }
        finished = true;
        try {
            target.shutdownOutput();
        } catch (IOException e) {
            closeConnection();
            return;
        }
        connection.linkFinished();
    }

    void closeConnection() {
        connection.close();
    }

    void resetConnection() {
        connection.reset();
    }

    /** The connection is gone: stages must not act any more. */
    void abandon() {
        for (Stage stage : List.copyOf(stages)) {
            stage.release();
        }
        unwritten.clear();
    }

    private static ByteBuffer copy(ByteBuffer from) {
        return ByteBuffer.allocate(from.remaining()).put(from).flip();
    }
}

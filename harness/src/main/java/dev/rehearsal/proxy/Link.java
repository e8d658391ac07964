package dev.rehearsal.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

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
    private final long seed;
    private final List<Slot> slots = new ArrayList<>();
    private final Deque<ByteBuffer> unwritten = new ArrayDeque<>();
    private boolean hindered;
    private int limit = UNHINDERED_BYTES;
    private long heldBytes;
    private boolean sourceEnded;
    private boolean targetEnding;
    /** The whole connection is to be closed when all is written, not this way alone. */
    private boolean closing;

    private boolean finished;
    private boolean abandoned;

    /** One toxic's place in this link; its stage changes with the toxic. */
    private static final class Slot {
        private final RandomGenerator random;
        private Stage stage;
        private boolean ended;
        private boolean endPassedOn;

        Slot(RandomGenerator random, Stage stage) {
            this.random = random;
            this.stage = stage;
        }
    }

    /** @param seed of whatever is random in here */
    Link(Connection connection, EventLoop loop, SocketChannel source, SocketChannel target, long seed) {
        this.connection = connection;
        this.loop = loop;
        this.source = source;
        this.target = target;
        this.seed = seed;
    }

    boolean wantsToRead() {
        return !sourceEnded && heldBytes < (loop.holdsMuch() ? UNHINDERED_BYTES : limit);
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
        RandomGenerator random = new SplittableRandom(seed ^ toxic.name().hashCode());
        Slot slot = new Slot(random, stageOf(toxic, random, 0));
        slots.add(slot);
        // Behind an end that has gone out, there is nothing to do.
        slot.ended = targetEnding;
        slot.endPassedOn = targetEnding;
        stagesChanged();
    }

    /** The piece that the toxic had in its hands goes on, what waited behind it meets the toxic as it is now. */
    void update(int index, Toxic toxic) {
        Slot slot = slots.get(index);
        Stage old = slot.stage;
        long passed = old instanceof LimitDataStage limit ? limit.passedBytes() : 0;
        List<Chunk> held = old.release();
        held.stream().limit(1).forEach(chunk -> forward(old, chunk));
        Stage fresh = stageOf(toxic, slot.random, passed);
        slot.stage = fresh;
        stagesChanged();
        held.stream().skip(1).forEach(fresh::offer);
        if (slot.ended && !slot.endPassedOn) {
            fresh.end();
        }
        connection.interestChanged();
    }

    /** All that it held goes on. */
    void remove(int index, Toxic toxic) {
        Slot slot = slots.get(index);
        for (Chunk chunk : slot.stage.release()) {
            forward(slot.stage, chunk);
        }
        if (toxic.attributes() instanceof Toxic.Timeout) {
            closeConnection();
            return;
        }
        if (slot.ended && !slot.endPassedOn) {
            forwardEnd(slot.stage);
        }
        slots.remove(index);
        stagesChanged();
        connection.interestChanged();
    }

    private Stage stageOf(Toxic toxic, RandomGenerator random, long passedBytes) {
        if (random.nextFloat() >= toxic.toxicity()) {
            return new PassStage(this);
        }
        return switch (toxic.attributes()) {
            case Toxic.Noop noop -> new PassStage(this);
            case Toxic.Latency latency -> new PacedStage(this, loop, new LatencyPace(latency, random));
            case Toxic.Bandwidth bandwidth -> new PacedStage(this, loop, new BandwidthPace(bandwidth));
            case Toxic.Slicer slicer -> new PacedStage(this, loop, new SlicerPace(slicer, random));
            case Toxic.Timeout timeout -> new TimeoutStage(this, loop, timeout);
            case Toxic.ResetPeer reset -> new ResetStage(this, loop, reset);
            case Toxic.SlowClose slowClose -> new SlowCloseStage(this, loop, slowClose);
            case Toxic.LimitData limit -> new LimitDataStage(this, limit, passedBytes);
        };
    }

    private void stagesChanged() {
        List<Stage> hindering = slots.stream()
                .map(slot -> slot.stage)
                .filter(stage -> !(stage instanceof PassStage))
                .toList();
        hindered = !hindering.isEmpty();
        limit = hindering.stream().mapToInt(Stage::holdsAtMost).min().orElse(UNHINDERED_BYTES);
    }

    // ---- the way of the bytes ---------------------------------------------------------------------------------------

    void read() {
        ByteBuffer buffer = loop.readBuffer();
        try {
            if (source.read(buffer) < 0) {
                sourceEnds();
                return;
            }
        } catch (IOException e) {
            // What its peer sent before it vanished still arrives, as it would have through a network.
            closing = true;
            sourceEnds();
            return;
        }
        buffer.flip();
        if (hindered) {
            Chunk chunk = new Chunk(copy(buffer), System.nanoTime());
            hold(chunk.length());
            slots.getFirst().stage.offer(chunk);
        } else {
            passThrough(buffer);
        }
    }

    private void sourceEnds() {
        sourceEnded = true;
        end(0);
    }

    /** Tells the end to the stage at this place, or to the target when there is none. */
    private void end(int index) {
        if (abandoned) {
            return;
        }
        if (index < slots.size()) {
            slots.get(index).ended = true;
            slots.get(index).stage.end();
        } else {
            endTarget();
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
            hold(buffer.remaining());
            unwritten.addLast(copy(buffer));
        }
    }

    /** Called by a stage: to the one after it, or out. */
    void forward(Stage from, Chunk chunk) {
        if (abandoned) {
            return;
        }
        int next = indexOf(from) + 1;
        if (next < slots.size()) {
            slots.get(next).stage.offer(chunk);
        } else {
            unwritten.addLast(chunk.bytes());
            write();
        }
    }

    /** Called by a stage that has sent on all that it held. */
    void forwardEnd(Stage from) {
        int index = indexOf(from);
        Slot slot = slots.get(index);
        if (!slot.endPassedOn) {
            slot.endPassedOn = true;
            end(index + 1);
        }
    }

    /** Called by a stage after whose bytes the connection shall be closed. */
    void forwardClose(Stage from) {
        closing = true;
        forwardEnd(from);
    }

    private int indexOf(Stage stage) {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).stage == stage) {
                return i;
            }
        }
        throw new IllegalStateException("a stage acts that is no longer there: " + stage);
    }

    void dropped(Chunk chunk) {
        hold(-chunk.length());
    }

    private void hold(long bytes) {
        if (abandoned) {
            return;
        }
        heldBytes += bytes;
        loop.hold(bytes);
    }

    void write() {
        try {
            for (ByteBuffer first = unwritten.peekFirst(); first != null; first = unwritten.peekFirst()) {
                hold(-target.write(first));
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
        if (closing) {
            closeConnection();
            return;
        }
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
        slots.forEach(slot -> slot.stage.release());
        unwritten.clear();
        hold(-heldBytes);
        abandoned = true;
    }

    private static ByteBuffer copy(ByteBuffer from) {
        return ByteBuffer.allocate(from.remaining()).put(from).flip();
    }
}

package dev.rehearsal.load;

import dev.rehearsal.dataset.RowRange;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * What the injector tells its harness, on its standard output or its connection.
 *
 * <pre>
 * 'R' request     64 bytes, as in requests.bin
 * 'P' paused      i64 end, i64 duration
 * 'S' started     i64 instant of the plan's beginning
 * 'V' deploying   i64 instant of the deployment's beginning
 * 'Y' ready       nothing: one of several, and waits to be told when the plan begins
 * 'O' offered     u8 whether what was offered can be
 * 'C' clock       i64 reading when asked, i64 reading now, i64 wall clock now, nanoseconds since 1970
 * 'A' alive       nothing
 * 'B' building    i32 how many ranges of rows it takes at a time
 * 'L' loaded      i32 table, i64 from, i64 to, i64 taken
 * 'X' refused     four texts, each u32 bytes and UTF-8: table, message, detail, constraint
 * 'T' built       nothing
 * 'D' drained     i64 stop instant, i64 planned, i64 recorded
 * 'E' failed      u32 bytes, UTF-8 message; u32 bytes, UTF-8 remedy
 * </pre>
 *
 * All numbers big-endian, all times nanoseconds since the run's origin, but readings of the clock: those are of the injector's own.
 */
sealed interface Frame {
    record Request(RequestRecord request) implements Frame {}

    record Paused(long atNanos, long durationNanos) implements Frame {}

    record Started(long planStartNanos) implements Frame {}

    /** In answer to a command. */
    record Deploying(long startNanos) implements Frame {}

    /** Everything that can be done before the plan begins is done. */
    record Ready() implements Frame {}

    /** In answer to a stop or a deployment at an instant that all injectors are to agree on. */
    record Offered(boolean accepted) implements Frame {}

    /**
     * In answer to a command.
     *
     * @param receivedNanoTime when that came
     * @param sentNanoTime read when the frame is written, whatever stands here before
     * @param wallClockNanos likewise
     */
    record Clock(long receivedNanoTime, long sentNanoTime, long wallClockNanos) implements Frame {}

    /** So that silence means something. */
    record Alive() implements Frame {}

    /** @param stopNanos arrivals planned before it ran, later ones are not part of the run */
    record Drained(long stopNanos, long planned, long recorded) implements Frame {}

    record Failed(String message, String remedy) implements Frame {}

    /** What is only told while a dataset is built, before there is any load. */
    sealed interface OfBuild extends Frame {}

    /** It has the plan of the rows, and a way to the database. */
    record Building(int ranges) implements OfBuild {}

    /** @param taken rows of the range that the server took */
    record Loaded(RowRange range, long taken) implements OfBuild {}

    /** The server does not take the rows of a table; see {@link dev.rehearsal.dataset.RowsRefusedException}. */
    record Refused(String table, String message, String detail, String constraint) implements OfBuild {}

    /** It has nothing underway, and has left the database. */
    record Built() implements OfBuild {}

    /** Writes one frame; {@code scratch} has at least {@link RequestLog#RECORD_BYTES} bytes. */
    static void write(Frame frame, DataOutputStream to, byte[] scratch) throws IOException {
        switch (frame) {
            case Request finished -> {
                RequestLog.encode(finished.request(), ByteBuffer.wrap(scratch));
                to.write('R');
                to.write(scratch, 0, RequestLog.RECORD_BYTES);
            }
            case Paused paused -> {
                to.write('P');
                to.writeLong(paused.atNanos());
                to.writeLong(paused.durationNanos());
            }
            case Started started -> {
                to.write('S');
                to.writeLong(started.planStartNanos());
            }
            case Deploying deploying -> {
                to.write('V');
                to.writeLong(deploying.startNanos());
            }
            case Ready ready -> to.write('Y');
            case Offered offered -> {
                to.write('O');
                to.writeBoolean(offered.accepted());
            }
            case Clock clock -> {
                to.write('C');
                to.writeLong(clock.receivedNanoTime());
                to.writeLong(System.nanoTime());
                to.writeLong(ClockSample.nanosSince1970(Instant.now()));
            }
            case Alive alive -> to.write('A');
            case Drained drained -> {
                to.write('D');
                to.writeLong(drained.stopNanos());
                to.writeLong(drained.planned());
                to.writeLong(drained.recorded());
            }
            case Failed failed -> {
                to.write('E');
                writeText(failed.message(), to);
                writeText(failed.remedy(), to);
            }
            case Building building -> {
                to.write('B');
                to.writeInt(building.ranges());
            }
            case Loaded loaded -> {
                to.write('L');
                to.writeInt(loaded.range().table());
                to.writeLong(loaded.range().from());
                to.writeLong(loaded.range().to());
                to.writeLong(loaded.taken());
            }
            case Refused refused -> {
                to.write('X');
                writeText(refused.table(), to);
                writeText(refused.message(), to);
                writeText(refused.detail(), to);
                writeText(refused.constraint(), to);
            }
            case Built built -> to.write('T');
        }
    }

    /**
     * Reads one frame; empty at the end of the stream, also in the midst of a frame: then the injector was killed.
     *
     * @throws IOException if reading fails or something else than frames comes
     */
    static Optional<Frame> read(DataInputStream from, byte[] scratch) throws IOException {
        int kind = from.read();
        if (kind < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    switch (kind) {
                        case 'R' -> {
                            from.readFully(scratch, 0, RequestLog.RECORD_BYTES);
                            yield new Request(RequestLog.decode(ByteBuffer.wrap(scratch)));
                        }
                        case 'P' -> new Paused(from.readLong(), from.readLong());
                        case 'S' -> new Started(from.readLong());
                        case 'V' -> new Deploying(from.readLong());
                        case 'Y' -> new Ready();
                        case 'O' -> new Offered(from.readBoolean());
                        case 'C' -> new Clock(from.readLong(), from.readLong(), from.readLong());
                        case 'A' -> new Alive();
                        case 'D' -> new Drained(from.readLong(), from.readLong(), from.readLong());
                        case 'E' -> new Failed(readText(from), readText(from));
                        case 'B' -> new Building(from.readInt());
                        case 'L' ->
                            new Loaded(new RowRange(from.readInt(), from.readLong(), from.readLong()), from.readLong());
                        case 'X' -> new Refused(readText(from), readText(from), readText(from), readText(from));
                        case 'T' -> new Built();
                        default -> throw new IOException("the injector sent a frame of unknown kind " + kind);
                    });
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private static void writeText(String text, DataOutputStream to) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    private static String readText(DataInputStream from) throws IOException {
        return new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
    }
}

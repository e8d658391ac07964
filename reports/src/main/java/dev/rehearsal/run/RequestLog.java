package dev.rehearsal.run;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code requests.bin}: every request of a run.
 *
 * <pre>
 * header   "RHRQ" · u16 version = 2 · u16 operations · per operation: UTF service, UTF operation, UTF version, u8 writes, u8 ledger
 * record   u16 operation · u8 outcome · i8 failed statement · i32 backend pid · i64 t0 · i64 t1 · i64 t2 · i64 t3 · 5 bytes SQLState
 *          u8 attempts · u16 those of unknown outcome · i64 arrival · i64 asked
 * </pre>
 *
 * All numbers big-endian; records are {@value #RECORD_BYTES} bytes. A file that was cut off (a killed run) is read up to its last whole record.
 *
 * <p>Version 1 is read too. It had no ledger: its operations end with {@code writes}, its records have 48 bytes, three zeros behind the SQLState.
 */
public final class RequestLog {
    public static final int RECORD_BYTES = 64;
    private static final int MAGIC = 0x52485251;
    private static final int STATE_BYTES = 5;
    private static final int VERSION = 2;
    private static final int VERSION_WITHOUT_LEDGER = 1;
    private static final int RECORD_BYTES_WITHOUT_LEDGER = 48;

    private final Path file;
    private final List<OperationKey> operations;
    private final long headerBytes;
    private final int recordBytes;

    private RequestLog(Path file, List<OperationKey> operations, long headerBytes, int recordBytes) {
        this.file = file;
        this.operations = List.copyOf(operations);
        this.headerBytes = headerBytes;
        this.recordBytes = recordBytes;
    }

    /**
     * @param version of the application, {@code v1} unless a deploy changed it
     * @param ledger whether each of its transactions leaves an entry in the ledger
     */
    public record OperationKey(String service, String operation, String version, boolean writes, boolean ledger) {
        /** Of one that leaves none. */
        public OperationKey(String service, String operation, String version, boolean writes) {
            this(service, operation, version, writes, false);
        }
    }

    /** @throws IOException if the file cannot be read or is not a request log */
    public static RequestLog open(Path file) throws IOException {
        try (CountingStream counting = new CountingStream(new BufferedInputStream(Files.newInputStream(file)));
                DataInputStream in = new DataInputStream(counting)) {
            if (in.readInt() != MAGIC) {
                throw new IOException(file + " is not a request log (requests.bin of a rehearsal)");
            }
            int version = in.readUnsignedShort();
            if (version != VERSION && version != VERSION_WITHOUT_LEDGER) {
                throw new IOException(file + " has version " + version + "; this harness reads versions "
                        + VERSION_WITHOUT_LEDGER + " and " + VERSION);
            }
            boolean ledger = version != VERSION_WITHOUT_LEDGER;
            int count = in.readUnsignedShort();
            List<OperationKey> operations = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                operations.add(new OperationKey(
                        in.readUTF(), in.readUTF(), in.readUTF(), in.readBoolean(), ledger && in.readBoolean()));
            }
            return new RequestLog(
                    file, operations, counting.count, ledger ? RECORD_BYTES : RECORD_BYTES_WITHOUT_LEDGER);
        } catch (java.io.EOFException e) {
            throw new IOException(file + " ends within its header", e);
        }
    }

    public List<OperationKey> operations() {
        return operations;
    }

    /** Visits every whole record, in the order they finished. */
    public void forEach(Consumer<RequestRecord> visitor) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            in.skipNBytes(headerBytes);
            byte[] bytes = new byte[recordBytes];
            for (long number = 1; in.readNBytes(bytes, 0, recordBytes) == recordBytes; number++) {
                visitor.accept(decode(bytes, number));
            }
        }
    }

    private RequestRecord decode(byte[] bytes, long number) throws IOException {
        RequestRecord request;
        try {
            request = decode(ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": record " + number + " is damaged: " + e.getMessage(), e);
        }
        if (request.operation() >= operations.size()) {
            throw new IOException(
                    file + ": record " + number + " is damaged: there is no operation " + request.operation());
        }
        return request;
    }

    /** Writes {@code request} at the buffer's position: {@value #RECORD_BYTES} bytes. */
    public static void encode(RequestRecord request, ByteBuffer to) {
        int start = to.position();
        to.putShort((short) request.operation());
        to.put((byte) request.outcome().code());
        to.put((byte) request.failedStatement());
        to.putInt(request.backendPid());
        to.putLong(request.t0Nanos());
        to.putLong(request.t1Nanos());
        to.putLong(request.t2Nanos());
        to.putLong(request.t3Nanos());
        byte[] state = request.sqlState().getBytes(StandardCharsets.US_ASCII);
        to.put(state, 0, Math.min(STATE_BYTES, state.length));
        while (to.position() < start + RECORD_BYTES_WITHOUT_LEDGER - 3) {
            to.put((byte) 0);
        }
        RequestRecord.Attempts attempts = request.attempts();
        to.put((byte) attempts.count());
        to.putShort((short) attempts.unknown());
        to.putLong(attempts.arrival());
        to.putLong(attempts.askedNanos());
    }

    /** Reads one record at the buffer's position; one of version 1 if there is no more than that. */
    public static RequestRecord decode(ByteBuffer from) {
        int operation = Short.toUnsignedInt(from.getShort());
        RequestRecord.Outcome outcome = RequestRecord.Outcome.of(from.get());
        int failedStatement = from.get();
        int pid = from.getInt();
        long t0 = from.getLong();
        long t1 = from.getLong();
        long t2 = from.getLong();
        long t3 = from.getLong();
        byte[] state = new byte[STATE_BYTES];
        from.get(state);
        String sqlState = state[0] == 0 ? "" : new String(state, StandardCharsets.US_ASCII);
        int count = from.get();
        int unknown = Short.toUnsignedInt(from.getShort());
        if (!from.hasRemaining()) {
            return new RequestRecord(operation, outcome, failedStatement, pid, t0, t1, t2, t3, sqlState);
        }
        if (count < 1 || count > RequestRecord.Attempts.MOST) {
            throw new IllegalArgumentException(
                    "a request has 1 to " + RequestRecord.Attempts.MOST + " attempts, not " + count);
        }
        RequestRecord.Attempts attempts = new RequestRecord.Attempts(from.getLong(), count, unknown, from.getLong());
        return new RequestRecord(operation, outcome, failedStatement, pid, t0, t1, t2, t3, sqlState, attempts);
    }

    /** Appends to a new request log. Not safe for use by several threads. */
    public static final class Writer implements AutoCloseable {
        private final DataOutputStream out;
        private final byte[] bytes = new byte[RECORD_BYTES];
        private long written;

        public Writer(Path file, List<OperationKey> operations) throws IOException {
            out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
            out.writeInt(MAGIC);
            out.writeShort(VERSION);
            out.writeShort(operations.size());
            for (OperationKey key : operations) {
                out.writeUTF(key.service());
                out.writeUTF(key.operation());
                out.writeUTF(key.version());
                out.writeBoolean(key.writes());
                out.writeBoolean(key.ledger());
            }
            out.flush();
        }

        public void append(RequestRecord request) throws IOException {
            encode(request, ByteBuffer.wrap(bytes));
            out.write(bytes);
            written++;
        }

        public long written() {
            return written;
        }

        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private static final class CountingStream extends java.io.FilterInputStream {
        private long count;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                count++;
            }
            return b;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = super.read(b, off, len);
            if (n > 0) {
                count += n;
            }
            return n;
        }
    }
}

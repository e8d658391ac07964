package dev.rehearsal.measure;

import dev.rehearsal.engine.LogFile;
import dev.rehearsal.engine.LogRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Follows a growing log record by record on a thread of its own, from its beginning, until closed. */
final class LogTail implements AutoCloseable {
    /** Who hears of the records; called by the tail's thread alone. */
    interface Reader {
        void record(String record);

        /** The file cannot be followed any further; nothing comes after this. */
        void lost(String why);
    }

    private static final Duration POLL = Duration.ofMillis(2);

    /**
     * What comes soon after other records is left alone for so long. The server logs most when a lock is released, and whoever is let go then needs the
     * processors more than the reader does.
     */
    private static final Duration LINGER = Duration.ofMillis(100);

    private static final int POLLS_PER_IDENTITY_CHECK = 100;

    private final Path file;
    private final Reader reader;
    private final LogRecords records;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean finishing;

    private LogTail(LogFile log, Reader reader) {
        this.file = log.path();
        this.reader = reader;
        this.records = new LogRecords(log.format(), reader::record);
        this.thread = Thread.ofPlatform().name("lock-tracer").daemon().unstarted(this::follow);
    }

    static LogTail started(LogFile log, Reader reader) {
        LogTail tail = new LogTail(log, reader);
        tail.thread.start();
        return tail;
    }

    /** Stops without reading on. */
    @Override
    public void close() {
        closed = true;
        EndingThreads.end(thread);
    }

    /** Reads on to the end of what is there, and stops: nothing more is written. */
    void finish() {
        finishing = true;
        EndingThreads.await(List.of(thread));
    }

    private void follow() {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            Object identity = identity();
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            int idlePolls = 0;
            while (!closed) {
                if (channel.size() > channel.position()) {
                    idlePolls = 0;
                    readAll(channel, buffer);
                    Thread.sleep(LINGER);
                    continue;
                }
                if (finishing) {
                    return;
                }
                if (channel.size() < channel.position()) {
                    reader.lost(file + " was truncated while it was read");
                    return;
                }
                if (++idlePolls % POLLS_PER_IDENTITY_CHECK == 0 && !Objects.equals(identity, identity())) {
                    reader.lost(file + " was replaced while it was read");
                    return;
                }
                Thread.sleep(POLL);
            }
        } catch (IOException e) {
            if (!closed) {
                reader.lost("cannot read " + file + ": " + e);
            }
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        } catch (RuntimeException e) {
            reader.lost("reading " + file + " failed: " + e);
            throw e;
        }
    }

    private void readAll(SeekableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (channel.read(buffer.clear()) > 0) {
            records.add(buffer.flip());
        }
    }

    private Object identity() throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }
}

package dev.rehearsal.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code events.ndjson}: one line an event, each flushed as it is recorded, so that a run that is killed keeps what it saw; without
 * the {@link Secrets} in it. Safe for use by
 * several threads.
 */
public final class FileJournal implements Journal, AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Path file;
    private final BufferedWriter out;

    /**
     * Begins a new journal.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one already: a run is never overwritten
     */
    public FileJournal(Path file) throws IOException {
        this.file = file;
        this.out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** @throws UncheckedIOException if the disk does not take it (full, gone), or the journal is closed */
    @Override
    public void record(RunEvent event) {
        String line = Secrets.ofThisProcess().hiddenIn(EventFormat.line(event));
        lock.lock();
        try {
            out.write(line);
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            out.close();
        } finally {
            lock.unlock();
        }
    }
}

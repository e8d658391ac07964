package dev.rehearsal.load;

import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Where the requests of all injectors come together: {@code requests.bin} and the live view. Nothing is added up before, so that what is told of three
 * injectors is made of the same records as of one. Safe for use by several threads.
 */
final class Recording implements AutoCloseable {
    private final Path file;
    private final RequestLog.Writer requests;
    private final LiveStatistics statistics;

    /** @param planned see {@link LiveStatistics} */
    Recording(Path file, List<OperationKey> operations, IntPredicate planned) throws EnvironmentException {
        this.file = file;
        this.statistics = new LiveStatistics(operations, planned);
        try {
            this.requests = new RequestLog.Writer(file, operations);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    LiveStatistics statistics() {
        return statistics;
    }

    synchronized void add(RequestRecord request) throws EnvironmentException {
        try {
            requests.append(request);
        } catch (IOException e) {
            throw notWritable(e);
        }
        statistics.record(request);
    }

    synchronized void flush() throws EnvironmentException {
        try {
            requests.flush();
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** After all who add to it. */
    @Override
    public synchronized void close() {
        try {
            requests.close();
        } catch (IOException e) {
            // What could not be written was told when it was flushed.
        }
    }

    private EnvironmentException notWritable(IOException e) {
        return new EnvironmentException(
                "cannot write " + file + ": " + e.getMessage(),
                "Make the run's directory writable, and see that its disk is not full.",
                e);
    }
}

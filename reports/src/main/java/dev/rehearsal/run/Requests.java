package dev.rehearsal.run;

import dev.rehearsal.run.RequestLog.OperationKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Every request of a run, in the order they finished. Read as often as wanted, one after the other: millions of them need not fit into memory.
 */
public interface Requests {
    /** What {@link RequestRecord#operation()} is an index into. */
    List<OperationKey> operations();

    /** @throws UncheckedIOException if the file cannot be read any more */
    void forEach(Consumer<RequestRecord> visitor);

    /** Requests that are in memory. */
    static Requests of(List<OperationKey> operations, List<RequestRecord> requests) {
        List<OperationKey> keys = List.copyOf(operations);
        List<RequestRecord> all = List.copyOf(requests);
        return new Requests() {
            @Override
            public List<OperationKey> operations() {
                return keys;
            }

            @Override
            public void forEach(Consumer<RequestRecord> visitor) {
                all.forEach(visitor);
            }
        };
    }

    /** The requests in a file. */
    static Requests of(RequestLog log) {
        return new Requests() {
            @Override
            public List<OperationKey> operations() {
                return log.operations();
            }

            @Override
            public void forEach(Consumer<RequestRecord> visitor) {
                try {
                    log.forEach(visitor);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}

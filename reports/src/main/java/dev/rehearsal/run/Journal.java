package dev.rehearsal.run;

/**
 * Where observations go, in the order they were made. Safe for use by several threads.
 *
 * <p>The real one writes {@code events.ndjson}; tests use a list.
 */
@FunctionalInterface
public interface Journal {
    void record(RunEvent event);
}

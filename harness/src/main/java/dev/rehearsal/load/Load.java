package dev.rehearsal.load;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The running load, seen from the harness. Safe for use by several threads. */
public final class Load implements AutoCloseable {
    private Load() {}

    private static void missing() {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts the injector process, which gets itself ready meanwhile; does not wait and needs no database.
     *
     * @throws EnvironmentException if the process cannot be started
     */
    public static Load launch() throws EnvironmentException {
        return new Load();
    }

    /**
     * Resolves the keys that parameters refer to, fills the pools and starts the arrivals. Returns when they flow.
     *
     * @param requestsFile {@code requests.bin}, written from here on
     * @param journal gets the injector's pauses, and in the end {@code LoadEnded}
     */
    public void begin(LoadSpec spec, RunClock clock, Path requestsFile, Journal journal)
            throws EnvironmentException, InterruptedException {
        missing();
    }

    /** The load now. */
    public LiveView live() {
        missing();
        return new LiveView(0, 0, 0, 0, 0, 0, 0, 0, java.util.List.of());
    }

    /** Why the injector can no longer do its work; empty while it can. */
    public Optional<String> failure() {
        missing();
        return Optional.empty();
    }

    /** Runs {@code action} once, on a thread of its own, when the injector has failed; at once if it already has. */
    public void onFailure(Runnable action) {
        missing();
    }

    /**
     * Stops the arrivals and waits until every request that arrived before has finished. What still runs after {@code limit} is recorded as
     * abandoned. Then {@code requests.bin} is complete and {@code LoadEnded} is in the journal.
     *
     * @throws EnvironmentException if the injector failed before or meanwhile; {@code requests.bin} holds what it had told until then
     */
    public void stopAndDrain(Duration limit) throws EnvironmentException, InterruptedException {
        missing();
    }

    /** Of the injector. */
    public long processId() {
        missing();
        return 0;
    }

    /** Ends the injector, whatever state it is in. */
    @Override
    public void close() {}
}

package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.run.Journal;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.nio.file.Path;

/** Where a rehearsal takes place: over clones of a snapshot, or in databases on a server that is not ours. */
sealed interface Grounds extends DrillServers, AutoCloseable permits OwnGrounds, ExternalGrounds {
    /** Makes the data ready for the timeline, and tells the journal. Once. */
    Plot timeline() throws InvalidScenarioException, EnvironmentException, InterruptedException;

    /**
     * Makes the same data ready for a further database of the timeline's.
     *
     * @param number from 2
     * @param logs gets its server's log
     * @param journal that database's own, which is told of the data
     */
    Plot further(int number, Path logs, Journal journal) throws EnvironmentException, InterruptedException;

    @Override
    void close() throws EnvironmentException;

    /** The data of one of the timeline's databases, of nobody else's. */
    interface Plot extends AutoCloseable {
        Environment start() throws EnvironmentException;

        ServerDisk disk();

        /** Begins to write the data to their disk. */
        Writeback writeback();

        @Override
        void close() throws EnvironmentException;
    }
}

package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.drill.DrillServers;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;

/** Where a rehearsal takes place: over clones of a snapshot, or in databases on a server that is not ours. */
sealed interface Grounds extends DrillServers, AutoCloseable permits OwnGrounds, ExternalGrounds {
    /** Makes the data ready for the timeline, and tells the journal. Once. */
    Plot timeline() throws InvalidScenarioException, EnvironmentException, InterruptedException;

    @Override
    void close() throws EnvironmentException;

    /** The data of the timeline, of nobody else's. */
    interface Plot extends AutoCloseable {
        Environment start() throws EnvironmentException;

        ServerDisk disk();

        /** Begins to write the data to their disk. */
        Writeback writeback();

        @Override
        void close() throws EnvironmentException;
    }
}

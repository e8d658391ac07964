package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** How the store comes to a snapshot that it does not have. */
sealed interface SnapshotRecipe permits GeneratedRecipe, RestoreRecipe {
    /** Of the snapshot, for people. */
    String name();

    /** Of everything that the snapshot's bytes depend on; 64 hexadecimal digits. */
    String fingerprint() throws EnvironmentException, IOException, InterruptedException;

    /** About what has to be free on the disk, at the most at one time. */
    long peakBytes() throws IOException;

    /** What will be done, such as {@code building the dataset shop}. */
    String title();

    /** What to do when there is not enough room. */
    String roomRemedy();

    /**
     * Makes the data directory of a cleanly stopped server.
     *
     * @param directory the snapshot's; its {@code data} does not exist yet
     * @return rows by table
     */
    Map<String, Long> build(Path directory, BuildProgress progress)
            throws EnvironmentException, InvalidScenarioException, InterruptedException, IOException;
}

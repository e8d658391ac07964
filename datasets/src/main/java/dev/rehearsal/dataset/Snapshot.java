package dev.rehearsal.dataset;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A dataset that is ready to be cloned: the data directory of a cleanly stopped server.
 *
 * @param name the dataset's
 * @param fingerprint names everything that the rows depend on; 64 hexadecimal digits
 * @param directory holds {@code data/} and {@code snapshot.json}
 * @param rows what each table really holds, in the order of loading
 * @param bytes of the data directory
 * @param buildSeconds that {@link SnapshotStore#obtain} just spent on building it; 0 if it was there already
 */
public record Snapshot(
        String name, String fingerprint, Path directory, Map<String, Long> rows, long bytes, double buildSeconds) {
    /** The database inside, that the dataset's tables are in. */
    public static final String DATABASE = "rehearsal";

    public Snapshot {
        rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    }

    /** What {@link Cloner} copies. Never start a server on it. */
    public Path dataDirectory() {
        return directory.resolve("data");
    }
}

package dev.rehearsal.dataset;

import dev.rehearsal.scenario.RestoredTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code restored.json}: what is known of a snapshot that was restored, beside its data.
 *
 * @param notes what is not as it was where the data come from, for people
 */
record RestoredFile(RestoredTables tables, List<String> notes) {
    private static final String NAME = "restored.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    RestoredFile {
        notes = List.copyOf(notes);
    }

    void write(Path snapshotDirectory) throws IOException {
        Files.writeString(snapshotDirectory.resolve(NAME), JSON.writeValueAsString(this) + "\n");
    }

    /** Empty for a snapshot that was not restored. */
    static Optional<RestoredFile> read(Path snapshotDirectory) throws IOException {
        Path file = snapshotDirectory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), RestoredFile.class));
        } catch (JacksonException damaged) {
            return Optional.empty();
        }
    }
}

package dev.rehearsal.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code snapshot.json}: what a snapshot is, beside its data. Written last, so that a directory without it is none. */
final class SnapshotFile {
    private static final String NAME = "snapshot.json";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private SnapshotFile() {}

    /** The file's content. */
    private record Content(
            String name, String fingerprint, LinkedHashMap<String, Long> rows, long bytes, double buildSeconds) {}

    /** Writes the file into a directory that will be renamed to the snapshot's. */
    static void write(Path directory, Snapshot snapshot) throws IOException {
        Content content = new Content(
                snapshot.name(),
                snapshot.fingerprint(),
                new LinkedHashMap<>(snapshot.rows()),
                snapshot.bytes(),
                snapshot.buildSeconds());
        Files.writeString(directory.resolve(NAME), JSON.writeValueAsString(content) + "\n");
    }

    /** The snapshot in a directory, as one that was found and not built; empty if there is none that can be read. */
    static Optional<Snapshot> read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            Content content = JSON.readValue(Files.readString(file), Content.class);
            Map<String, Long> rows = content.rows();
            return Optional.of(
                    new Snapshot(content.name(), content.fingerprint(), directory, rows, content.bytes(), 0));
        } catch (JacksonException damaged) {
            return Optional.empty();
        }
    }
}

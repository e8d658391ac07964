package dev.rehearsal.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a {@code dataset} that is restored. */
final class RestoreReader {
    private static final String ADVICE = "name a dump or a base backup, e.g. restore: ../dumps/shop.sql";

    private final Path folder;

    RestoreReader(Path folder) {
        this.folder = folder;
    }

    /** Empty if it was reported that there is nothing to restore. */
    Optional<RestoreSpec> read(Block block) {
        for (String key : List.of("use", "scale", "tables")) {
            block.get(key)
                    .ifPresent(value -> value.problem("makes no sense beside restore: " + reason(key) + "; remove it"));
        }
        Value value = block.get("restore").orElseThrow();
        String written = value.text(ADVICE);
        Optional<Path> path = written.isEmpty() ? Optional.empty() : Paths.resolve(folder, written, value);
        Optional<RestoreFormat> format = path.flatMap(file -> format(file, value));
        Optional<String> database = block.get("database").map(name -> database(name, format));
        return format.map(found -> new RestoreSpec(path.orElseThrow(), found, database));
    }

    private static String reason(String key) {
        return key.equals("use") ? "rows are restored or made up, not both" : "its rows are as many as they are";
    }

    private static Optional<RestoreFormat> format(Path file, Value value) {
        String name = SourceFile.displayName(file);
        if (!Files.exists(file)) {
            value.problem(name + " does not exist; " + ADVICE + ", relative to this file");
            return Optional.empty();
        }
        try {
            return Optional.of(RestoreFormat.of(file));
        } catch (RestoreFormat.Unknown unknown) {
            value.problem(name + " " + unknown.getMessage());
        } catch (IOException e) {
            value.problem(name + " cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static String database(Value value, Optional<RestoreFormat> format) {
        String name = value.text("name one of the backup's databases");
        boolean dump = format.filter(found -> found == RestoreFormat.PLAIN || found == RestoreFormat.ARCHIVE)
                .isPresent();
        if (dump && !name.isEmpty()) {
            value.problem("is for a base backup: a dump holds one database; remove it");
        }
        return name;
    }
}

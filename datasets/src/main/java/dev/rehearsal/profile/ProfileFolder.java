package dev.rehearsal.profile;

import dev.rehearsal.scenario.DatasetWriter;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of a profile: a dataset, a scenario that uses it, and the figures to compare a build with.
 *
 * @param path absolute
 */
public record ProfileFolder(Path path) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
            .build();

    public ProfileFolder {
        path = path.toAbsolutePath().normalize();
    }

    public Path scenario() {
        return path.resolve("scenario.yaml");
    }

    private Path statistics() {
        return path.resolve("statistics.json");
    }

    /** Before anything is asked of a server. */
    public void requireEmpty() throws EnvironmentException {
        try {
            if (!Files.exists(path)) {
                return;
            }
            if (!Files.isDirectory(path)) {
                throw new EnvironmentException(
                        path + " is not a folder", "name one that is empty or not there: -o DIR");
            }
            try (Stream<Path> entries = Files.list(path)) {
                if (entries.findAny().isPresent()) {
                    throw new EnvironmentException(
                            "the folder " + path + " is not empty", "name one that is empty or not there: -o DIR");
                }
            }
        } catch (IOException failure) {
            throw unusable(failure);
        }
    }

    /** A name for the dataset: the folder's, as far as names of datasets may have its characters. */
    public String datasetName() {
        String name = String.valueOf(path.getFileName())
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        return name.isEmpty() ? "profile" : name.substring(0, Math.min(100, name.length()));
    }

    public void write(Profile profile) throws EnvironmentException {
        try {
            Files.createDirectories(path);
            Files.writeString(
                    path.resolve(DatasetWriter.SCHEMA_FILE), profile.dataset().schemaSql());
            Files.writeString(
                    path.resolve("dataset.yaml"),
                    ScenarioText.origin(profile) + DatasetWriter.write(profile.dataset()));
            Files.writeString(statistics(), JSON.writeValueAsString(profile.statistics()) + "\n");
            Files.writeString(scenario(), ScenarioText.of(profile));
        } catch (IOException failure) {
            throw unusable(failure);
        }
    }

    /** The figures that {@link #write} left. */
    public List<TableStatistics> readStatistics() throws EnvironmentException {
        String remedy = "name a folder that harness profile has written: -o DIR";
        if (!Files.isRegularFile(statistics())) {
            throw new EnvironmentException("the folder " + path + " has no statistics.json", remedy);
        }
        try {
            return JSON.readValue(Files.readString(statistics()), new TypeReference<List<TableStatistics>>() {});
        } catch (JacksonException | IOException damaged) {
            throw new EnvironmentException(
                    "cannot read " + statistics() + ": " + damaged.getMessage(), remedy, damaged);
        }
    }

    private EnvironmentException unusable(IOException failure) {
        return new EnvironmentException(
                "cannot write to " + path + ": " + failure, "name a folder that can be written: -o DIR", failure);
    }
}

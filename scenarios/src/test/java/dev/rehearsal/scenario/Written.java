package dev.rehearsal.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Scenarios written for a test, in a folder beside the tiny dataset. */
record Written(Path folder) {
    static final Path TINY = Path.of(
            System.getProperty("rehearsal.home"), "scenarios/src/test/resources/dev/rehearsal/scenario/datasets/tiny");

    /** What every scenario needs, apart from what is tested. */
    static final String MINIMAL = """
            name: minimal
            dataset:
              use: tiny
            migration:
              steps:
                - { name: add column, sql: alter table orders add column region text }
            """;

    static Written in(Path folder) {
        try {
            Path tiny = Files.createDirectories(folder.resolve("tiny"));
            for (String file : List.of("dataset.yaml", "schema.sql")) {
                Files.copy(TINY.resolve(file), tiny.resolve(file));
            }
            return new Written(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Scenario load(String text) throws InvalidScenarioException {
        return load(text, Map.of());
    }

    Scenario load(String text, Map<String, String> overrides) throws InvalidScenarioException {
        return ScenarioLoader.load(file("scenario.yaml", text), overrides);
    }

    /** Each problem as {@code file:line:column: path: message}, with the file's last name only. */
    List<String> problems(String text) {
        return problems(text, Map.of());
    }

    List<String> problems(String text, Map<String, String> overrides) {
        return problems(file("scenario.yaml", text), overrides);
    }

    static List<String> problems(Path file, Map<String, String> overrides) {
        try {
            ScenarioLoader.load(file, overrides);
            return List.of();
        } catch (InvalidScenarioException e) {
            return e.problems().stream().map(Written::line).toList();
        }
    }

    static String line(Problem problem) {
        SourceLocation location = problem.location();
        String file = location.file().substring(location.file().lastIndexOf('/') + 1);
        String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
        return file + ":" + location.line() + ":" + location.column() + ": " + path + problem.message();
    }
}
